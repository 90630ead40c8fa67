using Google.Protobuf;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>Policies and how they come into force.</summary>
public sealed partial class SessionSignerClient
{
    /// <summary>Lists the policies in force and, if approvers decide on them, the versions and the roster.</summary>
    /// <param name="includeEnded">Whether versions that are superseded or retired are listed too.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListPoliciesResponse> ListPoliciesAsync(bool includeEnded = false, CancellationToken cancellationToken = default)
    {
        var request = new ListPoliciesRequest { IncludeEnded = includeEnded };
        return _caller.CallAsync(o => _admin.ListPoliciesAsync(request, o), cancellationToken);
    }

    /// <summary>Shows a version with its document and the statement to sign, which are verified to be of the digest that was asked for.</summary>
    /// <exception cref="SignerVerificationException">The document has another digest, or the statement is of something else.</exception>
    public async Task<GetPolicyVersionResponse> GetPolicyVersionAsync(string digest, CancellationToken cancellationToken = default)
    {
        var request = new GetPolicyVersionRequest { Digest = digest };
        var answer = await _caller.CallAsync(o => _admin.GetPolicyVersionAsync(request, o), cancellationToken);
        var faults = new List<string>();
        if (Keccak256.Hash(answer.DocumentJson.Span).ToString() != digest)
        {
            faults.Add("The document has another digest.");
        }

        if (answer.Statement.Length > 0 && !IsStatementOf(answer.Statement, answer.Version, digest))
        {
            faults.Add("The statement is of something else.");
        }

        return faults.Count == 0 ? answer : throw new SignerVerificationException("policy version", faults);
    }

    /// <summary>Proposes a version. Proposing one that waits or is in force changes nothing.</summary>
    /// <param name="kind">What the document is.</param>
    /// <param name="documentJson">JSON in UTF-8, at most 131072 bytes.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ProposePolicyResponse> ProposePolicyAsync(
        PolicyDocumentKind kind,
        ReadOnlyMemory<byte> documentJson,
        CancellationToken cancellationToken = default
    )
    {
        var request = new ProposePolicyRequest { Kind = kind, DocumentJson = ByteString.CopyFrom(documentJson.Span) };
        return _caller.CallAsync(o => _admin.ProposePolicyAsync(request, o), cancellationToken);
    }

    /// <summary>Brings an approver's signature of a version's statement.</summary>
    /// <param name="digest">The version.</param>
    /// <param name="signature">The armored signature, as <c>ssh-keygen -Y sign</c> writes it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ApprovePolicyResponse> ApprovePolicyAsync(string digest, string signature, CancellationToken cancellationToken = default)
    {
        var request = new ApprovePolicyRequest { Digest = digest, Signature = signature };
        return _caller.CallAsync(o => _admin.ApprovePolicyAsync(request, o), cancellationToken);
    }

    /// <summary>Puts a version in force that has its approvals and whose time lock has passed.</summary>
    public Task<ActivatePolicyResponse> ActivatePolicyAsync(string digest, CancellationToken cancellationToken = default)
    {
        var request = new ActivatePolicyRequest { Digest = digest };
        return _caller.CallAsync(o => _admin.ActivatePolicyAsync(request, o), cancellationToken);
    }

    /// <summary>Withdraws a version for good and ends the sessions under it.</summary>
    /// <param name="digest">The version.</param>
    /// <param name="reason">Why, for the audit log: 1 to 256 printable ASCII characters.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<RetirePolicyResponse> RetirePolicyAsync(string digest, string reason, CancellationToken cancellationToken = default)
    {
        var request = new RetirePolicyRequest { Digest = digest, Reason = reason };
        return _caller.CallAsync(o => _admin.RetirePolicyAsync(request, o), cancellationToken);
    }

    private static bool IsStatementOf(string text, PolicyVersion version, string digest) =>
        ApprovalStatement.TryParse(text, out var statement, out _)
        && statement.Digest.ToString() == digest
        && statement.Policy == version.Name
        && statement.Action == (version.Kind == PolicyDocumentKind.Roster ? ApprovalAction.Roster : ApprovalAction.Activate);
}
