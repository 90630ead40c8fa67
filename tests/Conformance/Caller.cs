using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using SessionSigner.V1;

namespace Conformance;

/// <summary>One identity's connection to the daemon, through nothing but generated stubs.</summary>
internal sealed class Caller(GrpcChannel channel) : IDisposable
{
    public SessionService.SessionServiceClient Sessions { get; } = new(channel);
    public SigningService.SigningServiceClient Signing { get; } = new(channel);
    public GrantService.GrantServiceClient Grants { get; } = new(channel);
    public AuditService.AuditServiceClient Audit { get; } = new(channel);
    public CustodyService.CustodyServiceClient Custody { get; } = new(channel);
    public AdminService.AdminServiceClient Admin { get; } = new(channel);

    public OrderService.OrderServiceClient Orders { get; } = new(channel);

    public Health.HealthClient Health { get; } = new(channel);

    public async Task<ReleaseReservationResponse> ReleaseAsync(
        string sessionId,
        string requestId,
        ReleaseOutcome outcome = ReleaseOutcome.Void
    ) =>
        await Orders.ReleaseReservationAsync(
            new ReleaseReservationRequest
            {
                SessionId = sessionId,
                RequestId = requestId,
                Outcome = outcome,
            },
            Options()
        );

    public async Task<OpenSessionResponse> OpenAsync(string policy, string narrowing = "", string? requestId = null) =>
        await Sessions.OpenSessionAsync(
            new OpenSessionRequest
            {
                Policy = policy,
                NarrowingJson = narrowing,
                RequestId = requestId ?? NewId(),
            },
            Options()
        );

    public async Task<SignTransactionResponse> SignAsync(string sessionId, Transfer transfer, string? requestId = null) =>
        await SignAsync(sessionId, transfer.Encode(), requestId);

    public async Task<SignTransactionResponse> SignAsync(string sessionId, byte[] unsigned, string? requestId = null) =>
        await Signing.SignTransactionAsync(
            new SignTransactionRequest
            {
                SessionId = sessionId,
                RequestId = requestId ?? NewId(),
                UnsignedTransaction = ByteString.CopyFrom(unsigned),
            },
            Options()
        );

    public async Task<SignTypedDataResponse> SignAsync(string sessionId, Order order, string? requestId = null) =>
        await Signing.SignTypedDataAsync(
            new SignTypedDataRequest
            {
                SessionId = sessionId,
                RequestId = requestId ?? NewId(),
                TypedDataJson = order.ToJson(),
            },
            Options()
        );

    public async Task<SignMessageResponse> SignMessageAsync(string sessionId, string message, string? requestId = null) =>
        await Signing.SignMessageAsync(
            new SignMessageRequest
            {
                SessionId = sessionId,
                RequestId = requestId ?? NewId(),
                Message = message,
            },
            Options()
        );

    public async Task<SignDigestResponse> SignDigestAsync(string sessionId, byte[] digest, string? requestId = null) =>
        await Signing.SignDigestAsync(
            new SignDigestRequest
            {
                SessionId = sessionId,
                RequestId = requestId ?? NewId(),
                Digest = ByteString.CopyFrom(digest),
            },
            Options()
        );

    public async Task<SignUserOperationResponse> SignAsync(string sessionId, UserOperation operation, string? requestId = null) =>
        await Signing.SignUserOperationAsync(
            new SignUserOperationRequest
            {
                SessionId = sessionId,
                RequestId = requestId ?? NewId(),
                UserOperation = operation.ToInput(),
            },
            Options()
        );

    public async Task<EvaluateResponse> EvaluateAsync(string sessionId, UserOperation operation) =>
        await Signing.EvaluateAsync(new EvaluateRequest { SessionId = sessionId, UserOperation = operation.ToInput() }, Options());

    public async Task<Session> GetAsync(string sessionId) =>
        (await Sessions.GetSessionAsync(new GetSessionRequest { SessionId = sessionId }, Options())).Session;

    public async Task<CloseSessionResponse> CloseAsync(string sessionId) =>
        await Sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = sessionId }, Options());

    public async Task<RevokeSessionsResponse> RevokeAsync(RevokeSessionsRequest request) =>
        await Admin.RevokeSessionsAsync(request, Options());

    public async Task<List<LogEntry>> EntriesAsync()
    {
        var entries = new List<LogEntry>();
        while (true)
        {
            var page = await Audit.ListEntriesAsync(
                new ListEntriesRequest { StartIndex = (ulong)entries.Count, PageSize = 1000 },
                Options()
            );
            if (page.Entries.Count == 0)
            {
                return entries;
            }
            entries.AddRange(page.Entries);
        }
    }

    public void Dispose() => channel.Dispose();

    public static string NewId() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(12));

    public static CallOptions Options() => new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20));
}
