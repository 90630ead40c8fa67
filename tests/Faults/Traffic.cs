using Conformance;
using Grpc.Core;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace Faults;

/// <summary>Concurrent clients that sign without pause until the daemon is gone, and write down what they received.</summary>
internal sealed class Traffic
{
    /// <summary>Clients at a time.</summary>
    public const int Clients = 32;

    private readonly Released _released;
    private readonly Caller[] _callers;
    private readonly List<string> _sessions;
    private readonly IReadOnlyList<string> _policies;
    private Caller? _settler;
    private bool _untilRefused;
    private long _nonce;

    private Traffic(Released released, Caller[] callers, List<string> sessions, IReadOnlyList<string> policies)
    {
        _released = released;
        _callers = callers;
        _sessions = sessions;
        _policies = policies;
    }

    /// <summary>The policy whose sessions share a budget.</summary>
    public const string Team = "team";

    /// <summary>Opens sessions: some whose budget lasts, some that reach its edge at once, some that share one.</summary>
    public static Task<Traffic> OpenAsync(Released released, params Caller[] callers) =>
        OpenAsync(released, callers, "bots", "desk", "bots", "desk", Team, Team);

    /// <summary>Opens sessions of these policies, in turn for each caller.</summary>
    public static async Task<Traffic> OpenAsync(Released released, Caller[] callers, params string[] policies)
    {
        var opened = new List<string>();
        foreach (var policy in policies)
        {
            opened.Add((await callers[opened.Count % callers.Length].OpenAsync(policy)).Session.SessionId);
        }
        return new Traffic(released, callers, opened, policies);
    }

    /// <summary>Has every third signature that takes from the shared budget given back.</summary>
    public Traffic Releasing(Caller settler)
    {
        _settler = settler;
        return this;
    }

    /// <summary>Runs all clients until each has lost the daemon or <paramref name="stop"/> is cancelled.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => RunClientAsync(client, stop), CancellationToken.None)));

    /// <summary>Runs all clients until each has been refused.</summary>
    public Task RunUntilRefusedAsync(CancellationToken stop)
    {
        _untilRefused = true;
        return RunAsync(stop);
    }

    private async Task RunClientAsync(int client, CancellationToken stop)
    {
        for (var turn = client; !stop.IsCancellationRequested; turn++)
        {
            var session = turn % _sessions.Count;
            var unsigned = new Transfer
            {
                Nonce = Interlocked.Increment(ref _nonce),
                Amount = _policies[session] == Team ? Policies.TeamAmount : 1 + (turn * 37 % Policies.OrderCap),
            }.Encode();
            var request = Caller.NewId();
            try
            {
                var answer = await _callers[session % _callers.Length].SignAsync(_sessions[session], unsigned, request);
                _released.Add(ToReceived(_sessions[session], request, unsigned, answer));
                if (_settler is not null && turn / _sessions.Count % 3 == 0 && _policies[session] == Team)
                {
                    await _settler.ReleaseAsync(_sessions[session], request);
                }
            }
            catch (RpcException refused) when (refused.StatusCode is StatusCode.PermissionDenied or StatusCode.ResourceExhausted)
            {
                // Over the budget's edge, as intended, or more refusals than one principal may put into the log.
                if (_untilRefused && refused.StatusCode is StatusCode.PermissionDenied)
                {
                    return;
                }
            }
            catch (RpcException)
            {
                return; // the daemon is gone
            }
        }
    }

    public static Received ToReceived(string session, string request, byte[] unsigned, SignTransactionResponse answer) =>
        new(
            session,
            request,
            unsigned,
            Keccak256.Hash(unsigned).ToString()[2..],
            Convert.ToHexStringLower(answer.Signature.Span[..64]),
            answer.AuditIndex
        );
}
