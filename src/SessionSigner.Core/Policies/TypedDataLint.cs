using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in a permission of kind "typed_data".</summary>
internal static class TypedDataLint
{
    private static readonly string[] s_amounts =
    [
        "value",
        "amount",
        "details.amount",
        "details[*].amount",
        "permitted.amount",
        "permitted[*].amount",
    ];
    private static readonly string[] s_spenders = ["spender", "operator"];

    public static void Check(TypedDataPermission permission, string path, List<string> warnings)
    {
        if (permission.Domain.ChainId is null)
        {
            warnings.Add($"{path}.domain: No chain_id; the message is valid on every chain.");
        }
        if (permission.Domain.VerifyingContract is null)
        {
            warnings.Add($"{path}.domain: No verifying_contract; every contract with this name and version accepts the message.");
        }
        if (permission.PrimaryType.Contains("Permit", StringComparison.Ordinal))
        {
            CheckPermit(permission, path, warnings);
        }
        else if (permission.Constraints.Count == 0)
        {
            warnings.Add($"{path}.constraints: Missing; every message of this type is signed.");
        }
        if (permission.Meters.Count == 0)
        {
            warnings.Add($"{path}.meters: Missing; no budget counts what these messages move.");
        }
    }

    private static void CheckPermit(TypedDataPermission permission, string path, List<string> warnings)
    {
        if (!ArgumentBounds.IsPinned(permission, s_spenders))
        {
            warnings.Add(
                $"{path}.constraints: {permission.PrimaryType} lets the spender take the amount later, and the spender may be anyone; constrain it with eq or in."
            );
        }
        if (!ArgumentBounds.IsCapped(permission, s_amounts))
        {
            warnings.Add(
                $"{path}.constraints: {permission.PrimaryType} lets the spender take the amount later, and the amount has no cap; constrain it with lte."
            );
        }
    }
}
