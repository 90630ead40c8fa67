namespace Conformance;

/// <summary>Who calls the daemon under test.</summary>
internal static class Identities
{
    public const string Alice = "spiffe://desk.example/trader/alice";
    public const string Bob = "spiffe://desk.example/trader/bob";
    public const string Operator = "spiffe://desk.example/operator/olga";
    public const string Auditor = "spiffe://desk.example/auditor/anna";

    public const string Approver = "spiffe://desk.example/approver/officers";
    public const string Settler = "spiffe://desk.example/settler/sara";

    /// <summary>Has a certificate, but no place in the configuration.</summary>
    public const string Nobody = "spiffe://desk.example/nobody";

    public static IReadOnlyList<string> All { get; } = [Alice, Bob, Operator, Approver, Auditor, Settler, Nobody];
}
