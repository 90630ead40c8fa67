using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>Verifies what SignUserOperation answered from what was sent, not from what the daemon says about it.</summary>
internal static class UserOperationCheck
{
    public static void Verify(UserOperationInput input, SignUserOperationResponse answer, PublicKey sessionKey)
    {
        if (!TryParse(input, out var operation, out var form, out var fault))
        {
            throw new SignerVerificationException("signature", [$"The daemon signed a user operation that cannot be read: {fault}"]);
        }

        var faults = new List<string>();
        if (!answer.UserOperationHash.Span.SequenceEqual(operation.Hash.ToArray()))
        {
            faults.Add("The hash is not that of the requested user operation.");
        }

        var digest = operation.Digest(form);
        if (!answer.Digest.Span.SequenceEqual(digest.ToArray()))
        {
            faults.Add("The digest is not that of the requested user operation in the requested form.");
        }

        SignatureCheck.CheckSignature(answer.Signature.Span, digest, sessionKey, firstRecovery: 27, faults);
        SignatureCheck.ThrowIfAny(faults);
    }

    private static bool TryParse(
        UserOperationInput input,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out UserOperation? operation,
        out UserOperationForm form,
        out string fault
    )
    {
        operation = null;
        form = input.SignatureForm switch
        {
            UserOperationSignatureForm.Hash => UserOperationForm.Hash,
            UserOperationSignatureForm.PersonalMessage => UserOperationForm.PersonalMessage,
            _ => UserOperationForm.Unspecified,
        };
        var version = input.EntryPointVersion switch
        {
            V1.EntryPointVersion.V06 => Ethereum.EntryPointVersion.V06,
            V1.EntryPointVersion.V07 => Ethereum.EntryPointVersion.V07,
            V1.EntryPointVersion.V08 => Ethereum.EntryPointVersion.V08,
            V1.EntryPointVersion.V09 => Ethereum.EntryPointVersion.V09,
            _ => Ethereum.EntryPointVersion.Unspecified,
        };
        fault = "chain, entry point or signature form is not stated";
        return form != UserOperationForm.Unspecified
            && UInt256.TryParse(input.Chain, out var chain)
            && Address.TryParseChecksummed(input.EntryPoint, out var entryPoint)
            && UserOperation.TryParse(version, entryPoint, chain, Encoding.UTF8.GetBytes(input.Json), out operation, out fault)
            && operation is not null;
    }
}
