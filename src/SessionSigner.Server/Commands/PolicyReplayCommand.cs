using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>sessionsignerd policy replay: says which past sessions and signatures a policy would refuse.</summary>
internal static class PolicyReplayCommand
{
    public static Command Create()
    {
        var file = PolicyCommand.FileArgument();
        var log = new Argument<string>("LOG") { Description = "A file that 'sessionsigner audit export' wrote." };
        var payloads = new Option<string?>("--payloads")
        {
            Description = "Payloads that you have kept, one JSON object a line: {\"kind\": …, \"payload\": …}; found by their digest.",
            HelpName = "FILE",
        };
        var json = CommandLine.JsonOption();
        var command = new Command(
            "replay",
            "Replay the sessions and signatures of an exported log against a version of their policy. The log holds digests, not payloads: a signature whose payload is "
                + "not given is held only against window, rates, counts and the amounts the log recorded, not against permissions. Begins with empty budgets. "
                + "Exit code 1 if anything would be decided otherwise."
        )
        {
            file,
            log,
            payloads,
            json,
        };
        command.SetAction(
            (result, _) =>
                RunAsync(result.GetRequiredValue(file), result.GetRequiredValue(log), result.GetValue(payloads), result.GetValue(json))
        );
        return command;
    }

    private static async Task<int> RunAsync(string file, string log, string? payloadFile, bool asJson)
    {
        if (await PolicyCommand.ReadAsync(file, asJson) is not { } policy)
        {
            return ExitCodes.Configuration;
        }
        var payloads = new ReplayPayloads();
        var faults = new List<string>();
        if (payloadFile is not null && !TryRead(payloadFile, payloads, faults))
        {
            await PolicyCommand.ReportAsync(payloadFile, faults, asJson);
            return ExitCodes.Configuration;
        }
        var replay = new PolicyReplay(policy, payloads);
        if (!TryReplay(log, replay, faults))
        {
            await PolicyCommand.ReportAsync(log, faults, asJson);
            return ExitCodes.Configuration;
        }
        if (asJson)
        {
            await PolicyCommand.PrintAsync(Describe(policy, replay));
        }
        else
        {
            await WriteAsync(policy, replay);
        }
        return replay.Findings.Count == 0 ? ExitCodes.Ok : ExitCodes.Found;
    }

    // A log that does not verify is not replayed: what is said of it would be about something else.
    private static bool TryReplay(string file, PolicyReplay replay, List<string> faults)
    {
        try
        {
            using var stream = new BufferedStream(File.OpenRead(file), 1 << 16);
            var verification = LogFileReader.Verify(stream, expected: null, replay.Add, out _);
            faults.AddRange(verification.Faults.Select(fault => $"entry {fault.Index}: {fault.Message}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"the file cannot be read: {exception.Message}");
        }
        return faults.Count == 0;
    }

    private static bool TryRead(string file, ReplayPayloads payloads, List<string> faults)
    {
        try
        {
            // Read by pieces: a line has a length at most, however long the file pretends it to be.
            using var reader = new StreamReader(file, new UTF8Encoding(false, true));
            var number = 0;
            for (var line = ReadLine(reader); line is not null && faults.Count < FaultList.CountMax; line = ReadLine(reader))
            {
                number++;
                if (!payloads.TryAdd(Encoding.UTF8.GetBytes(line), out var fault))
                {
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"line {number}: {fault}"));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            faults.Add($"the file cannot be read: {exception.Message}");
        }
        return faults.Count == 0;
    }

    // One character more than may be, so that the fault is found by whoever reads the line.
    private static string? ReadLine(StreamReader reader)
    {
        if (reader.Peek() < 0)
        {
            return null;
        }
        var line = new StringBuilder();
        for (var next = reader.Read(); next >= 0 && next != '\n'; next = reader.Read())
        {
            if (line.Length <= StrictJson.SizeMax)
            {
                line.Append((char)next);
            }
        }
        return line.ToString();
    }

    private static async Task WriteAsync(Policy policy, PolicyReplay replay)
    {
        foreach (var finding in replay.Findings)
        {
            await Console.Out.WriteLineAsync($"entry {finding.Index}  session {finding.SessionId}  {finding.What}: {finding.Decision}");
        }
        var counts = replay.Counts;
        await Console.Out.WriteLineAsync(
            $"""
            {policy.Name} {policy.Digest}
            sessions    {counts.Sessions}, {counts.SessionsRefused} would not be opened
            signatures  {counts.Signatures}, {counts.SignaturesRefused} would be refused, {counts.InRefusedSessions} in sessions that would not be opened
              {counts.WithPayload} decided in full
              {counts.WithoutPayload} without their payload: permissions not looked at
              {counts.UnknownDebits} recorded amounts of budgets that this version does not have
            refusals    {counts.RefusalsWithPayload} looked at, {counts.RefusalsWithoutPayload} without their payload or session: not replayable
            others      {counts.Others} entries of other policies, or openings that were refused: not replayed
            """
        );
    }

    private static JsonObject Describe(Policy policy, PolicyReplay replay)
    {
        var counts = replay.Counts;
        return new JsonObject
        {
            ["policy"] = policy.Name,
            ["digest"] = policy.Digest.ToString(),
            ["sessions"] = counts.Sessions,
            ["sessions_refused"] = counts.SessionsRefused,
            ["signatures"] = counts.Signatures,
            ["signatures_refused"] = counts.SignaturesRefused,
            ["signatures_in_refused_sessions"] = counts.InRefusedSessions,
            ["signatures_with_payload"] = counts.WithPayload,
            ["signatures_without_payload"] = counts.WithoutPayload,
            ["unknown_debits"] = counts.UnknownDebits,
            ["refusals_with_payload"] = counts.RefusalsWithPayload,
            ["refusals_not_replayable"] = counts.RefusalsWithoutPayload,
            ["others"] = counts.Others,
            ["findings"] = new JsonArray([
                .. replay.Findings.Select(finding => new JsonObject
                {
                    ["index"] = finding.Index,
                    ["session_id"] = finding.SessionId,
                    ["what"] = finding.What,
                    ["decision"] = finding.Decision,
                }),
            ]),
        };
    }
}
