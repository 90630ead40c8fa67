using System.Text;
using Google.Protobuf;
using Grpc.Core;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

internal sealed class FakeSessionService(FakeBehaviour behaviour) : SessionService.SessionServiceBase
{
    public override Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context)
    {
        behaviour.RequestIds.Add(request.RequestId);
        behaviour.Narrowing = request.NarrowingJson;
        var scope = FakeKeys.Scope(request.NarrowingJson);
        var grant = FakeKeys.Grant(scope);
        var answer = new OpenSessionResponse
        {
            Session = FakeKeys.Session(grant, scope),
            GrantJson = FakeKeys.GrantJson(grant, scope),
            AuditIndex = 4,
        };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context) =>
        Task.FromResult(behaviour.Answer(new GetSessionResponse { Session = Current() }));

    public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        // Two pages, so that paging is exercised.
        var session = Current();
        if (request.PageToken.Length > 0)
        {
            session.SessionId = new string('0', 32);
            Ended(session);
            return Task.FromResult(behaviour.Answer(new ListSessionsResponse { Sessions = { session } }));
        }

        return Task.FromResult(
            behaviour.Answer(new ListSessionsResponse { Sessions = { session }, NextPageToken = request.IncludeEnded ? "2" : "" })
        );
    }

    public override async Task WatchSession(
        WatchSessionRequest request,
        IServerStreamWriter<WatchSessionResponse> responseStream,
        ServerCallContext context
    )
    {
        var session = Current();
        await responseStream.WriteAsync(behaviour.Answer(new WatchSessionResponse { Session = session }));
        await responseStream.WriteAsync(new WatchSessionResponse { Session = session });
        var ended = session.Clone();
        Ended(ended);
        await responseStream.WriteAsync(new WatchSessionResponse { Session = ended });
    }

    public override Task<CloseSessionResponse> CloseSession(CloseSessionRequest request, ServerCallContext context)
    {
        var session = Current();
        Ended(session);
        return Task.FromResult(behaviour.Answer(new CloseSessionResponse { Session = session, AuditIndex = 9 }));
    }

    private Session Current()
    {
        var scope = FakeKeys.Scope(behaviour.Narrowing);
        return FakeKeys.Session(FakeKeys.Grant(scope), scope);
    }

    private static void Ended(Session session)
    {
        session.State = SessionState.Ended;
        session.EndReason = SessionEndReason.Closed;
        session.EndedAtMs = FakeKeys.Now * 1_000;
        session.EndedBy = TestCertificates.Identity;
        session.Headroom.Clear();
    }
}

internal sealed class FakeSigningService(FakeBehaviour behaviour) : SigningService.SigningServiceBase
{
    public override Task<SignTransactionResponse> SignTransaction(SignTransactionRequest request, ServerCallContext context)
    {
        behaviour.RequestIds.Add(request.RequestId);
        if (!UnsignedTransaction.TryDecode(request.UnsignedTransaction.Span, out var transaction, out var fault))
        {
            throw FakeBehaviour.Error(StatusCode.InvalidArgument, "INVALID_REQUEST", fault);
        }

        var signature = FakeKeys.Sign(behaviour.SigningKey, transaction!.SigningHash, 0);
        var signed = transaction.EncodeSigned(signature);
        var answer = new SignTransactionResponse
        {
            Signature = ByteString.CopyFrom(signature),
            SignedTransaction = ByteString.CopyFrom(signed),
            TransactionHash = ByteString.CopyFrom(Keccak256.Hash(signed).ToArray()),
            Headroom = { FakeKeys.Headroom("4900") },
            AuditIndex = 5,
        };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<SignTypedDataResponse> SignTypedData(SignTypedDataRequest request, ServerCallContext context)
    {
        behaviour.RequestIds.Add(request.RequestId);
        if (!TypedData.TryParse(Encoding.UTF8.GetBytes(request.TypedDataJson), out var data, out var fault))
        {
            throw FakeBehaviour.Error(StatusCode.InvalidArgument, "INVALID_REQUEST", fault);
        }

        var answer = new SignTypedDataResponse
        {
            Signature = ByteString.CopyFrom(FakeKeys.Sign(behaviour.SigningKey, data!.Digest, 27)),
            Digest = ByteString.CopyFrom(data.Digest.ToArray()),
            Headroom = { FakeKeys.Headroom("4900") },
            AuditIndex = 6,
        };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<SignMessageResponse> SignMessage(SignMessageRequest request, ServerCallContext context)
    {
        behaviour.RequestIds.Add(request.RequestId);
        var digest = SignedMessage.Digest(request.Message);
        var answer = new SignMessageResponse
        {
            Signature = ByteString.CopyFrom(FakeKeys.Sign(behaviour.SigningKey, digest, 27)),
            Digest = ByteString.CopyFrom(digest.ToArray()),
            Headroom = { FakeKeys.Headroom("4900") },
            AuditIndex = 7,
        };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<SignDigestResponse> SignDigest(SignDigestRequest request, ServerCallContext context)
    {
        behaviour.RequestIds.Add(request.RequestId);
        var answer = new SignDigestResponse
        {
            Signature = ByteString.CopyFrom(FakeKeys.Sign(behaviour.SigningKey, new Hash32(request.Digest.Span), 0)),
            Headroom = { FakeKeys.Headroom("4900") },
            AuditIndex = 8,
        };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<SignUserOperationResponse> SignUserOperation(SignUserOperationRequest request, ServerCallContext context)
    {
        behaviour.RequestIds.Add(request.RequestId);
        var input = request.UserOperation;
        if (
            !UInt256.TryParse(input.Chain, out var chain)
            || !Address.TryParseChecksummed(input.EntryPoint, out var entryPoint)
            || !UserOperation.TryParse(
                (Ethereum.EntryPointVersion)(int)input.EntryPointVersion,
                entryPoint,
                chain,
                Encoding.UTF8.GetBytes(input.Json),
                out var operation,
                out var fault
            )
        )
        {
            throw FakeBehaviour.Error(StatusCode.InvalidArgument, "INVALID_REQUEST", "user_operation");
        }

        var digest = operation!.Digest((UserOperationForm)(int)input.SignatureForm);
        var answer = new SignUserOperationResponse
        {
            Signature = ByteString.CopyFrom(FakeKeys.Sign(behaviour.SigningKey, digest, 27)),
            Digest = ByteString.CopyFrom(digest.ToArray()),
            UserOperationHash = ByteString.CopyFrom(operation.Hash.ToArray()),
            Headroom = { FakeKeys.Headroom("4900") },
            AuditIndex = 7,
        };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<EvaluateResponse> Evaluate(EvaluateRequest request, ServerCallContext context) =>
        Task.FromResult(
            behaviour.Answer(
                new EvaluateResponse
                {
                    Digest = ByteString.CopyFrom(new byte[32]),
                    Headroom = { FakeKeys.Headroom() },
                    Trace = FakeKeys.AllowingTrace(),
                }
            )
        );
}

internal sealed class FakeGrantService(FakeBehaviour behaviour) : GrantService.GrantServiceBase
{
    public override Task<GetGrantResponse> GetGrant(GetGrantRequest request, ServerCallContext context)
    {
        var scope = FakeKeys.Scope(behaviour.Narrowing);
        var answer = new GetGrantResponse { GrantJson = FakeKeys.GrantJson(FakeKeys.Grant(scope), scope), SessionId = FakeKeys.SessionId };
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override Task<VerifyGrantResponse> VerifyGrant(VerifyGrantRequest request, ServerCallContext context) =>
        Task.FromResult(behaviour.Answer(new VerifyGrantResponse { Valid = true }));
}

internal sealed class FakeAuditService(FakeBehaviour behaviour) : AuditService.AuditServiceBase
{
    private Checkpoint State()
    {
        var tree = new MerkleTree();
        behaviour.Log.ForEach(e => tree.Append(e));
        return new Checkpoint
        {
            Origin = "desk.example/log",
            TreeSize = (ulong)behaviour.Log.Count,
            RootHash = ByteString.CopyFrom(tree.Root()),
        };
    }

    public override Task<GetCheckpointResponse> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context) =>
        Task.FromResult(behaviour.Answer(new GetCheckpointResponse { Checkpoint = State() }));

    public override Task<ListEntriesResponse> ListEntries(ListEntriesRequest request, ServerCallContext context)
    {
        // At most two a page, as a daemon may.
        var answer = new ListEntriesResponse { Checkpoint = State() };
        answer.Entries.AddRange(Entries(request.StartIndex).Take((int)Math.Min(2, request.PageSize)));
        return Task.FromResult(behaviour.Answer(answer));
    }

    public override async Task TailEntries(
        TailEntriesRequest request,
        IServerStreamWriter<TailEntriesResponse> responseStream,
        ServerCallContext context
    )
    {
        var message = new TailEntriesResponse();
        message.Entries.AddRange(Entries(request.StartIndex));
        await responseStream.WriteAsync(behaviour.Answer(message));
    }

    private IEnumerable<LogEntry> Entries(ulong start) =>
        behaviour.Log.Select((e, i) => new LogEntry { Index = (ulong)i, Entry = ByteString.CopyFrom(e) }).Where(e => e.Index >= start);
}

internal sealed class FakeCustodyService(FakeBehaviour behaviour) : CustodyService.CustodyServiceBase
{
    public override Task<GetCustodyReportResponse> GetCustodyReport(GetCustodyReportRequest request, ServerCallContext context)
    {
        var scope = FakeKeys.Scope();
        var key = FakeKeys.PublicKeyOf(FakeKeys.PrimaryPrivateKey);
        var answer = new GetCustodyReportResponse
        {
            MadeAtMs = FakeKeys.Now * 1_000,
            PrimaryKeys =
            {
                new PrimaryKey
                {
                    Label = "primary-1",
                    KeyId = "01",
                    Curve = "secp256k1",
                    PublicKey = ByteString.CopyFrom(key.Compressed.Span),
                    Address = Address.FromPublicKey(key.Compressed.Span).ToString(),
                    TokenLabel = "sessionsigner",
                    TokenSerial = "0123456789abcdef",
                    TokenModel = "SoftHSM project SoftHSM v2",
                    Sensitive = true,
                    NeverExtractable = true,
                    AlwaysSensitive = true,
                    Local = true,
                    Grants = 3,
                    Available = true,
                },
            },
            Policies = { FakeAdminService.Policy() },
            OpenSessions = { FakeKeys.Session(FakeKeys.Grant(scope), scope) },
            Vault = new VaultReport
            {
                Memory = "memfd_secret",
                Capacity = 1_024,
                InUse = 1,
                Undumpable = true,
            },
            AuditSize = 3,
            AuditRoot = ByteString.CopyFrom(new byte[32]),
            OpenSessionCount = 1,
            AuditOrigin = "desk.example/sessionsigner",
            DaemonVersion = "0.1.0",
            Identities =
            {
                new IdentityRoles { Uri = "spiffe://desk.example/trader/alice", Roles = { "trader" } },
            },
        };
        return Task.FromResult(behaviour.Answer(answer));
    }
}

internal sealed class FakeAdminService(FakeBehaviour behaviour) : AdminService.AdminServiceBase
{
    public static PolicySummary Policy() =>
        new()
        {
            Name = "desk",
            Digest = "0x" + new string('c', 64),
            Principals = { TestCertificates.Identity },
            PrimaryKeys = { "primary-1" },
            Accounts = { FakeKeys.Account },
            MaxLifetimeSeconds = 28_800,
            CeilingJson = FakeKeys.Scope().Ceiling.ToCanonicalJson(),
            Warnings = { "permissions[0] does not limit the recipient." },
        };

    public override Task<ListPoliciesResponse> ListPolicies(ListPoliciesRequest request, ServerCallContext context) =>
        Task.FromResult(
            behaviour.Answer(
                new ListPoliciesResponse
                {
                    Policies = { Policy() },
                    Versions = { FakeKeys.PolicyVersion(1), FakeKeys.PolicyVersion(2) },
                    Roster = FakeKeys.Roster(),
                }
            )
        );

    public override Task<GetPolicyVersionResponse> GetPolicyVersion(GetPolicyVersionRequest request, ServerCallContext context) =>
        Task.FromResult(
            behaviour.Answer(
                new GetPolicyVersionResponse
                {
                    Version = FakeKeys.PolicyVersion(1),
                    DocumentJson = ByteString.CopyFromUtf8(FakeKeys.Document),
                    Statement = FakeKeys.Statement,
                }
            )
        );

    public override Task<ProposePolicyResponse> ProposePolicy(ProposePolicyRequest request, ServerCallContext context) =>
        Task.FromResult(
            behaviour.Answer(
                new ProposePolicyResponse
                {
                    Version = FakeKeys.PolicyVersion(0),
                    Statement = FakeKeys.Statement,
                    Warnings = { "ceiling.rates: Missing." },
                    AuditIndex = 12,
                }
            )
        );

    public override Task<ApprovePolicyResponse> ApprovePolicy(ApprovePolicyRequest request, ServerCallContext context) =>
        Task.FromResult(behaviour.Answer(new ApprovePolicyResponse { Version = FakeKeys.PolicyVersion(2), AuditIndex = 13 }));

    public override Task<ActivatePolicyResponse> ActivatePolicy(ActivatePolicyRequest request, ServerCallContext context) =>
        Task.FromResult(
            behaviour.Answer(
                new ActivatePolicyResponse
                {
                    Version = FakeKeys.PolicyVersion(3),
                    EndedSessionIds = { FakeKeys.SessionId },
                    AuditIndex = 14,
                }
            )
        );

    public override Task<RetirePolicyResponse> RetirePolicy(RetirePolicyRequest request, ServerCallContext context) =>
        Task.FromResult(
            behaviour.Answer(
                new RetirePolicyResponse
                {
                    Version = FakeKeys.PolicyVersion(4),
                    EndedSessionIds = { FakeKeys.SessionId },
                    AuditIndex = 15,
                }
            )
        );

    public override Task<RevokeSessionsResponse> RevokeSessions(RevokeSessionsRequest request, ServerCallContext context) =>
        Task.FromResult(behaviour.Answer(new RevokeSessionsResponse { SessionIds = { FakeKeys.SessionId }, AuditIndex = 11 }));
}

internal sealed class FakeOrderService(FakeBehaviour behaviour) : OrderService.OrderServiceBase
{
    public override Task<ReleaseReservationResponse> ReleaseReservation(ReleaseReservationRequest request, ServerCallContext context)
    {
        var answer = new ReleaseReservationResponse { SignedIndex = 6, AuditIndex = 12 };
        if (request.Outcome == ReleaseOutcome.Void)
        {
            answer.GivenBack.Add(new GivenBack { Rule = "ceiling.budgets[usdc]", Amount = "2500000" });
        }
        return Task.FromResult(behaviour.Answer(answer));
    }
}
