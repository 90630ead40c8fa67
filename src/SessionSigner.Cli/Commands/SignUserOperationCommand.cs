using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class SignUserOperationCommand : SignCommand<UserOperationInput>
{
    private readonly UserOperationArguments _operation = new();

    public SignUserOperationCommand(CliHost host)
        : base(
            host,
            "user-operation",
            "Sign one user operation of ERC-4337 and verify the signature.",
            "The user operation as JSON, as eth_sendUserOperation takes it but without signature. - reads standard input.",
            "sessionsigner sign user-operation --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --chain 8453 --entry-point 0x0000000071727De22E5E9d8BAf0edAc6f37da032 --entry-point-version 0.7 --signature-form personal-message operation.json",
            "sessionsigner sign user-operation --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --chain 1 --entry-point 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108 --entry-point-version 0.8 --signature-form hash --json operation.json | jq -r .signature"
        ) => _operation.AddTo(this);

    protected override Task<UserOperationInput> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        _operation.ReadAsync(Host, path, arguments, cancellationToken);

    protected override async Task<SignatureView> SignAsync(
        SignerSession session,
        UserOperationInput payload,
        string requestId,
        CancellationToken cancellationToken
    ) => SignatureView.Of(session, requestId, await session.SignUserOperationAsync(payload, requestId, cancellationToken));
}
