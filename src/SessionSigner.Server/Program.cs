using SessionSigner.Server;

if (StartupGuard.FindRefused(Environment.GetEnvironmentVariable) is { Count: > 0 } refused)
{
    await Console.Error.WriteLineAsync(
        $"sessionsignerd does not run with {string.Join(", ", refused)} set: code could be loaded into the process."
    );
    return ExitCodes.Environment;
}
if (StartupGuard.LeaveDiagnostics() is { } failure)
{
    await Console.Error.WriteLineAsync(failure);
    return ExitCodes.Environment;
}
return await CommandLine.InvokeAsync(args);
