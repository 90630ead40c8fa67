using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What the change of one member of a permission does. Members that are not named here are the caller's to call unclear.</summary>
internal static class MemberDiff
{
    // What a member is if it is missing.
    private static readonly JsonItem.Text s_zero = new("0");
    private static readonly JsonItem.Integer s_one = new(1);
    private static readonly JsonItem.Integer s_issuedWithin = new(60);

    /// <summary>Compares a member that differs; false if it does not know it.</summary>
    public static bool Compare(ChangeList list, string kind, string name, string path, JsonItem? old, JsonItem? now) =>
        (kind, name) switch
        {
            (_, "constraints") => ConstraintDiff.Compare(list, path, old, now),
            (_, "meters") => CompareMeters(list, path, old, now),
            ("call", _) => CompareCall(list, name, path, old, now),
            ("message", "holes") => HoleDiff.Compare(list, path, old, now),
            ("sign_in", _) => CompareSignIn(list, name, path, old, now),
            ("user_operation", _) => CompareUserOperation(list, name, path, old, now),
            _ => false,
        };

    private static bool CompareCall(ChangeList list, string name, string path, JsonItem? old, JsonItem? now)
    {
        switch (name)
        {
            case "targets":
                return list.AllowList(path, old, now);
            case "chain" when old is null || now is null:
                return Presence(list, path, old, now, "without it, every chain of the ceiling");
            case "max_native_value":
                return list.Cap(path, old ?? s_zero, now ?? s_zero);
            case "max_gas" or "max_fee_per_gas" or "max_priority_fee_per_gas":
                return list.Cap(path, old, now);
            case "allow_access_list":
                return list.Flag(path, old, now);
            case "authorizations":
                return list.Elements(path, old, now);
            case "max_authorizations":
                return list.Cap(path, old ?? s_one, now ?? s_one);
            case "unwrap" when old is null || now is null:
                return Presence(list, path, old, now, "without it, the calls that the call carries are not looked into");
            default:
                return false;
        }
    }

    private static bool CompareSignIn(ChangeList list, string name, string path, JsonItem? old, JsonItem? now) =>
        name switch
        {
            "domains" or "origins" or "chains" or "resources" => list.Elements(path, old, now),
            "statement" => list.Exact(path, old, now),
            "max_lifetime_seconds" => list.Cap(path, old, now),
            "issued_within_seconds" => list.Cap(path, old ?? s_issuedWithin, now ?? s_issuedWithin),
            "allow_request_id" => list.Flag(path, old, now),
            _ => false,
        };

    private static bool CompareUserOperation(ChangeList list, string name, string path, JsonItem? old, JsonItem? now) =>
        name switch
        {
            "senders" or "nonce_keys" or "unwrap" => list.Elements(path, old, now),
            "chain" or "entry_point" or "signature_form" => list.Exact(path, old, now),
            // Without a list there must be none, with one there must be one of it: each allows what the other refuses.
            "paymasters" or "factories" => old is null || now is null ? list.Exact(path, old, now) : list.Elements(path, old, now),
            "max_call_gas"
            or "max_verification_gas"
            or "max_pre_verification_gas"
            or "max_paymaster_verification_gas"
            or "max_paymaster_post_op_gas"
            or "max_fee_per_gas"
            or "max_priority_fee_per_gas" => list.Cap(path, old, now),
            _ => false,
        };

    // A member that only takes away from what is allowed without it.
    private static bool Presence(ChangeList list, string path, JsonItem? old, JsonItem? now, string note)
    {
        list.Add(path, old is null ? ChangeEffect.Narrows : ChangeEffect.Widens, old, now, note);
        return true;
    }

    private static bool CompareMeters(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        var (gone, added) = (Left(old, now), Left(now, old));
        foreach (var meter in gone)
        {
            list.Add(path, ChangeEffect.Widens, meter, null, "it counts into one budget less");
        }
        foreach (var meter in added)
        {
            list.Add(path, ChangeEffect.Narrows, null, meter, "it counts into one budget more");
        }
        if (gone.Count == 0 && added.Count == 0)
        {
            list.Add(path, ChangeEffect.None, old, now, "another order");
        }
        return true;
    }

    // What one list has more than another. A meter that is given twice counts twice.
    private static List<JsonItem> Left(JsonItem? of, JsonItem? from)
    {
        var others = ChangeList.Items(from).Select(ChangeList.Text).ToList();
        return [.. ChangeList.Items(of).Where(item => !others.Remove(ChangeList.Text(item)))];
    }
}
