using System.CommandLine;

namespace SessionSigner.Cli;

/// <summary>The full name of a command as it is typed.</summary>
internal static class CommandPath
{
    public const string Program = "sessionsigner";

    public static string Of(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? Program : $"{Of(parent)} {command.Name}";
    }
}
