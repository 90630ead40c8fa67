using System.CommandLine;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>The arguments of commands that take a user operation: everything its hash depends on is stated, nothing guessed.</summary>
internal sealed class UserOperationArguments
{
    private const int BytesMax = 131_072;

    private static readonly Dictionary<string, V1.EntryPointVersion> s_versions = new(StringComparer.Ordinal)
    {
        ["0.6"] = V1.EntryPointVersion.V06,
        ["0.7"] = V1.EntryPointVersion.V07,
        ["0.8"] = V1.EntryPointVersion.V08,
        ["0.9"] = V1.EntryPointVersion.V09,
    };
    private static readonly Dictionary<string, UserOperationSignatureForm> s_forms = new(StringComparer.Ordinal)
    {
        ["hash"] = UserOperationSignatureForm.Hash,
        ["personal-message"] = UserOperationSignatureForm.PersonalMessage,
    };

    private readonly Option<string> _chain = new("--chain")
    {
        Description = "Chain identifier, a decimal number.",
        Required = true,
        HelpName = "NUMBER",
    };
    private readonly Option<string> _entryPoint = new("--entry-point")
    {
        Description = "Address of the EntryPoint with its checksum.",
        Required = true,
        HelpName = "ADDRESS",
    };
    private readonly Option<string> _version = new("--entry-point-version")
    {
        Description = "Its version: 0.6, 0.7, 0.8 or 0.9.",
        Required = true,
        HelpName = "VERSION",
    };
    private readonly Option<string> _form = new("--signature-form")
    {
        Description =
            "What the account checks: hash (the userOpHash itself) or personal-message (the userOpHash as personal_sign signs it).",
        Required = true,
        HelpName = "FORM",
    };

    public void AddTo(Command command)
    {
        command.Add(_chain);
        command.Add(_entryPoint);
        command.Add(_version);
        command.Add(_form);
    }

    public async Task<UserOperationInput> ReadAsync(CliHost host, string path, ParseResult arguments, CancellationToken cancellationToken)
    {
        var input = new UserOperationInput
        {
            Chain = arguments.GetRequiredValue(_chain),
            EntryPoint = arguments.GetRequiredValue(_entryPoint),
            EntryPointVersion = s_versions.GetValueOrDefault(arguments.GetRequiredValue(_version)),
            SignatureForm = s_forms.GetValueOrDefault(arguments.GetRequiredValue(_form)),
        };
        if (!UInt256.TryParse(input.Chain, out var chain) || chain.IsZero)
        {
            throw new UsageException("--chain takes a decimal number above 0 without leading zeros.");
        }

        if (!Address.TryParseChecksummed(input.EntryPoint, out var entryPoint) || entryPoint.IsZero)
        {
            throw new UsageException("--entry-point takes an address with its EIP-55 checksum.");
        }

        if (input.EntryPointVersion == V1.EntryPointVersion.Unspecified)
        {
            throw new UsageException("--entry-point-version takes 0.6, 0.7, 0.8 or 0.9.");
        }

        if (input.SignatureForm == UserOperationSignatureForm.Unspecified)
        {
            throw new UsageException("--signature-form takes hash or personal-message.");
        }

        var bytes = await InputFile.ReadAsync(host, path, "user operation", BytesMax, cancellationToken);
        input.Json = InputFile.Text(bytes, "user operation");
        return input;
    }
}
