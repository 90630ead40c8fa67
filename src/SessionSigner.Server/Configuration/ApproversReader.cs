using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>Reads the first roster of approvers from the configuration. What it says is the roster document, so that its digest is that of the document.</summary>
internal static class ApproversReader
{
    private const int TimeLockNone = -1;

    /// <summary>Reads the section.</summary>
    /// <returns>Null if there is a fault.</returns>
    public static ApproverRoster? Read(ConfigurationSection section)
    {
        var roster = new JsonObject { ["version"] = 1, ["threshold"] = section.Number("threshold", 0, 1, ApproverRoster.CountMax) };
        if (section.Number("time_lock_seconds", TimeLockNone, 0, ApproverRoster.TimeLockSecondsMax) is var timeLock and not TimeLockNone)
        {
            roster["time_lock_seconds"] = timeLock;
        }
        if (!section.Has("threshold"))
        {
            section.AddFault("threshold", "is missing");
        }
        roster["approvers"] = ReadKeys(section.Sections("keys"));
        section.RefuseUnknown();
        if (ApproverRoster.TryParse(Encoding.UTF8.GetBytes(roster.ToJsonString()), out var read, out var faults))
        {
            return read;
        }
        foreach (var fault in faults)
        {
            section.AddFault("keys", fault);
        }
        return null;
    }

    private static JsonArray ReadKeys(IReadOnlyList<ConfigurationSection> sections)
    {
        var approvers = new JsonArray();
        foreach (var section in sections)
        {
            var approver = new JsonObject
            {
                ["name"] = section.Text("name", 64),
                ["key"] = section.Text("key", OpenSshPublicKey.LineLengthMax),
            };
            if (section.Flag("user_verification"))
            {
                approver["user_verification"] = true;
            }
            approvers.Add(approver);
            section.RefuseUnknown();
        }
        return approvers;
    }
}
