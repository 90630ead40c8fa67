using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

/// <summary>Rosters and statements that the tests start from.</summary>
internal static class ApprovalSamples
{
    public const string Daemon = "desk.example/sessionsigner";
    public const long Now = 1_800_000_000;
    public const long Expires = Now + 86_400;

    public static readonly Hash32 Digest = Keccak256.Hash("policy"u8);

    public static string RosterJson(int threshold, params (string Name, string Key)[] approvers) =>
        $$"""{"version":1,"threshold":{{threshold}},"approvers":[{{string.Join(
            ',',
            approvers.Select(approver => $$"""{"name":"{{approver.Name}}","key":"{{approver.Key}}"}""")
        )}}]}""";

    public static ApproverRoster Roster(int threshold, params (string Name, string Key)[] approvers) =>
        Roster(RosterJson(threshold, approvers));

    public static ApproverRoster Roster(string json)
    {
        Assert.True(ApproverRoster.TryParse(Encoding.UTF8.GetBytes(json), out var roster, out var faults), string.Join('\n', faults));
        return roster;
    }

    public static ApprovalStatement Activate(ApproverRoster roster, long expires = Expires) =>
        ApprovalStatement.Activate("desk", Digest, null, roster.Digest, Daemon, expires);
}
