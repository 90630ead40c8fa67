using System.Text;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>Turns the fields of a user operation into values of the domain. Whatever is not stated is refused.</summary>
internal static class UserOperationMapper
{
    public static UserOperationRequest ToRequest(UserOperationInput? input)
    {
        if (input is null)
        {
            throw RequestParser.Invalid("user_operation", "must be given");
        }
        return new UserOperationRequest(
            Version(input.EntryPointVersion),
            EntryPoint(input.EntryPoint),
            Chain(input.Chain),
            Form(input.SignatureForm),
            Encoding.UTF8.GetBytes(input.Json)
        );
    }

    private static Ethereum.EntryPointVersion Version(V1.EntryPointVersion version) =>
        version switch
        {
            V1.EntryPointVersion.V06 => Ethereum.EntryPointVersion.V06,
            V1.EntryPointVersion.V07 => Ethereum.EntryPointVersion.V07,
            V1.EntryPointVersion.V08 => Ethereum.EntryPointVersion.V08,
            V1.EntryPointVersion.V09 => Ethereum.EntryPointVersion.V09,
            _ => throw RequestParser.Invalid("user_operation.entry_point_version", "must be stated"),
        };

    private static UserOperationForm Form(UserOperationSignatureForm form) =>
        form switch
        {
            UserOperationSignatureForm.Hash => UserOperationForm.Hash,
            UserOperationSignatureForm.PersonalMessage => UserOperationForm.PersonalMessage,
            _ => throw RequestParser.Invalid("user_operation.signature_form", "must be stated"),
        };

    private static Address EntryPoint(string text) =>
        Address.TryParseChecksummed(text, out var address) && !address.IsZero
            ? address
            : throw RequestParser.Invalid("user_operation.entry_point", "must be an address with its EIP-55 checksum, not zero");

    private static UInt256 Chain(string text) =>
        UInt256.TryParse(text, out var chain) && !chain.IsZero
            ? chain
            : throw RequestParser.Invalid("user_operation.chain", "must be a decimal number from 1 to 2^256-1 without leading zeros");
}
