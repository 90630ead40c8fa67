using Google.Protobuf;
using Grpc.Core;
using Interop;
using SessionSigner.V1;

namespace Benchmarks;

/// <summary>The daemon's own hosting, but for roles, around a handler that does nothing.</summary>
internal static class EmptyServer
{
    public static async Task RunAsync(string folder)
    {
        var tls = Path.Combine(folder, "tls");
        await using var hosting = await DaemonHosting.StartAsync(
            Path.Combine(tls, "server.pem"),
            Path.Combine(tls, "server.key"),
            Path.Combine(tls, "authority.pem"),
            _ => { },
            host => host.MapGrpcService<EmptySigning>()
        );
        Console.WriteLine(hosting.Target);
        await hosting.WaitAsync();
    }

    internal sealed class EmptySigning : SigningService.SigningServiceBase
    {
        private static readonly SignTransactionResponse Answer = new()
        {
            Signature = ByteString.CopyFrom(new byte[65]),
            SignedTransaction = ByteString.CopyFrom(new byte[180]),
            TransactionHash = ByteString.CopyFrom(new byte[32]),
        };

        public override Task<SignTransactionResponse> SignTransaction(SignTransactionRequest request, ServerCallContext context) =>
            Task.FromResult(Answer);
    }
}
