using System.Globalization;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads the text of an approval. Whatever would be written differently is refused.</summary>
internal static class ApprovalStatementReader
{
    private const int LengthMax = 1_024;

    public static bool TryRead(string text, out ApprovalStatement? statement, out string fault)
    {
        statement = null;
        var lines = text.Length <= LengthMax ? text.Split('\n') : [];
        if (lines.Length < 2 || lines[0] != ApprovalStatement.Title || lines[^1].Length > 0)
        {
            fault =
                $"An approval must begin with the line \"{ApprovalStatement.Title}\", end every line with a line feed and have at most 1024 characters.";
            return false;
        }
        var fields = new Fields(lines[1..^1]);
        var action = fields.Next("action") switch
        {
            "activate" => ApprovalAction.Activate,
            "roster" => ApprovalAction.Roster,
            _ => ApprovalAction.Unspecified,
        };
        if (action == ApprovalAction.Unspecified)
        {
            fault = "action: Must be \"activate\" or \"roster\".";
            return false;
        }
        var policy = action == ApprovalAction.Roster ? "" : fields.Next("policy");
        var digest = fields.NextHash(action == ApprovalAction.Roster ? "new-roster" : "digest");
        var previous = action == ApprovalAction.Activate ? fields.NextHashOrNone("previous") : null;
        var roster = fields.NextHash("roster");
        var daemon = fields.Next("daemon");
        var expires = fields.NextTime("expires");
        if (fields.FirstFault is { } first)
        {
            fault = first;
            return false;
        }
        try
        {
            statement = ApprovalStatement.Create(action, policy, digest, previous, roster, daemon, expires);
        }
        catch (ArgumentException exception)
        {
            fault = $"{exception.ParamName}: {exception.Message.Split(" (Parameter", 2)[0]}";
            return false;
        }
        if (statement.Text != text)
        {
            statement = null;
            fault = "An approval must have these lines and no others, as they are written.";
            return false;
        }
        fault = "";
        return true;
    }

    /// <summary>Takes the lines in order; reads on after a fault and keeps the first.</summary>
    private sealed class Fields(string[] lines)
    {
        private int _next;

        public string? FirstFault { get; private set; }

        public string Next(string name)
        {
            var prefix = name + ": ";
            if (_next < lines.Length && lines[_next].StartsWith(prefix, StringComparison.Ordinal))
            {
                return lines[_next++][prefix.Length..];
            }
            FirstFault ??= $"{name}: Missing, or not in its place.";
            return "";
        }

        public Hash32 NextHash(string name) => ToHash(name, Next(name));

        public Hash32? NextHashOrNone(string name)
        {
            var text = Next(name);
            return text == ApprovalStatement.None ? null : ToHash(name, text);
        }

        public long NextTime(string name)
        {
            var isTime = DateTimeOffset.TryParseExact(
                Next(name),
                ApprovalStatement.TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            );
            if (!isTime)
            {
                FirstFault ??= $"{name}: Must be a time in UTC such as 2030-01-31T12:00:00Z.";
            }
            return time.ToUnixTimeSeconds();
        }

        private Hash32 ToHash(string name, string text)
        {
            if (Parsing.Bytes(text) is { Length: Hash32.Size } bytes)
            {
                return new Hash32(bytes);
            }
            FirstFault ??= $"{name}: Must be 0x and 64 lower-case hexadecimal digits.";
            return default;
        }
    }
}
