using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class EvaluateUserOperationCommand : EvaluateCommand<UserOperationInput>
{
    private readonly UserOperationArguments _operation = new();

    public EvaluateUserOperationCommand(CliHost host)
        : base(
            host,
            "user-operation",
            "Say whether a user operation of ERC-4337 would be signed and why; exits 3 if it would be refused.",
            "The user operation as JSON, as eth_sendUserOperation takes it but without signature. - reads standard input.",
            "sessionsigner evaluate user-operation --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --chain 8453 --entry-point 0x0000000071727De22E5E9d8BAf0edAc6f37da032 --entry-point-version 0.7 --signature-form hash operation.json"
        ) => _operation.AddTo(this);

    protected override Task<UserOperationInput> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        _operation.ReadAsync(Host, path, arguments, cancellationToken);

    protected override Task<EvaluateResponse> EvaluateAsync(
        SessionSignerClient client,
        string sessionId,
        UserOperationInput payload,
        CancellationToken cancellationToken
    ) => client.EvaluateUserOperationAsync(sessionId, payload, cancellationToken);
}
