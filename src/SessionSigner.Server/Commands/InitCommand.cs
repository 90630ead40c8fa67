using System.CommandLine;
using System.Net;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>sessionsignerd init: everything a daemon needs, in one new folder.</summary>
internal static class InitCommand
{
    private const string DefaultModule = "/usr/lib/softhsm/libsofthsm2.so";

    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "New or empty folder to make everything in.", Required = true };
        var module = Text("--module", "PKCS#11 module; for SoftHSM a token store is made in the folder.", DefaultModule);
        var token = Text("--token-label", "Label of the new token.", "sessionsigner");
        var key = Text("--key-label", "Label of the new primary key.", "primary-1");
        var curve = Text("--curve", "Curve of the primary key: secp256k1 or P-256.", "secp256k1");
        curve.AcceptOnlyFromAmong("secp256k1", "P-256");
        var listen = Text("--listen", "Address and port of the daemon.", "127.0.0.1:7443");
        var domain = Text("--trust-domain", "Identities are spiffe://DOMAIN/trader, /operator, /approver and /auditor.", "desk.local");
        var policy = new Option<string?>("--policy") { Description = "Policy to put in force instead of the example that is written." };
        var roster = new Option<string?>("--roster")
        {
            Description = "Roster of approvers in JSON: policies then come into force by their quorum, none at the start.",
        };
        var degraded = new Option<bool>("--allow-degraded-memory")
        {
            Description = "DANGEROUS: let the daemon start without memfd_secret.",
        };
        var json = CommandLine.JsonOption();
        var command = new Command("init", "Make a token with a primary key, certificates, a policy and a configuration in a new folder.")
        {
            folder,
            module,
            token,
            key,
            curve,
            listen,
            domain,
            policy,
            roster,
            degraded,
            json,
        };
        command.SetAction(
            (result, _) =>
                RunAsync(
                    new InitPlan(
                        result.GetRequiredValue(folder),
                        result.GetRequiredValue(module),
                        result.GetRequiredValue(token),
                        result.GetRequiredValue(key),
                        result.GetRequiredValue(curve) == "P-256" ? Curve.P256 : Curve.Secp256k1,
                        result.GetRequiredValue(listen),
                        result.GetRequiredValue(domain),
                        result.GetValue(policy),
                        result.GetValue(roster),
                        result.GetValue(degraded)
                    ),
                    result.GetValue(json)
                )
        );
        return command;
    }

    private static Option<string> Text(string name, string description, string value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static async Task<int> RunAsync(InitPlan plan, bool asJson)
    {
        if (!IPEndPoint.TryParse(plan.Listen, out var listen) || listen.Port == 0)
        {
            return await FailAsync(ExitCodes.Usage, "--listen must be an address with a port, for example 127.0.0.1:7443.");
        }
        if (!CertificateIdentity.IsWellFormed($"spiffe://{plan.TrustDomain}/trader"))
        {
            return await FailAsync(ExitCodes.Usage, "--trust-domain must be a name such as desk.local.");
        }
        try
        {
            var result = new Initialization(plan, listen, TimeProvider.System).Run();
            await (asJson ? PolicyCommand.PrintAsync(InitReport.ToJson(result)) : WriteAsync(InitReport.ToLines(result)));
            return ExitCodes.Ok;
        }
        catch (StartException exception)
        {
            return await FailAsync(exception.ExitCode, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(ExitCodes.Found, exception.Message);
        }

        Task<int> FailAsync(int exitCode, string message) => CommandFailure.WriteAsync("init", exitCode, message, asJson);
    }

    private static async Task WriteAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await Console.Out.WriteLineAsync(line);
        }
    }
}

/// <summary>What init was asked for.</summary>
internal sealed record InitPlan(
    string Folder,
    string Module,
    string TokenLabel,
    string KeyLabel,
    Curve Curve,
    string Listen,
    string TrustDomain,
    string? Policy,
    string? Roster,
    bool AllowDegradedMemory
);
