using System.Diagnostics.CodeAnalysis;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A file of cases: requests and what a policy should say of them. Immutable. Format: proto/spec/policy.md, "Cases".</summary>
public sealed class PolicyCases
{
    private readonly IReadOnlyList<PolicyCase> _cases;
    private readonly Policy _policy;

    private PolicyCases(Policy policy, IReadOnlyList<PolicyCase> cases)
    {
        _policy = policy;
        _cases = cases;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="json">JSON in UTF-8, at most 131072 bytes. YAML is turned into JSON before.</param>
    /// <param name="policy">The policy that is tested; calls without a chain are made on its only one.</param>
    /// <param name="cases">The cases, if there is no fault.</param>
    /// <param name="faults">Everything that is wrong, one sentence each, naming the path.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> json,
        Policy policy,
        [NotNullWhen(true)] out PolicyCases? cases,
        out IReadOnlyList<string> faults
    )
    {
        var list = new FaultList();
        var read = StrictJson.Read(json.Span, list) is { } item ? new PolicyCaseReader(policy, list).Read(item) : null;
        cases = read is not null && list.Count == 0 ? new PolicyCases(policy, read) : null;
        faults = list.Faults;
        return cases is not null;
    }

    /// <summary>Runs every case, each in a world of its own.</summary>
    public IReadOnlyList<CaseResult> Run() => [.. _cases.Select(one => PolicyCaseRunner.Run(_policy, one))];
}
