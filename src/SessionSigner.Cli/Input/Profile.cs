namespace SessionSigner.Cli;

/// <summary>A connection profile: 'name: value' lines, # begins a comment line. Unknown and repeated names are refused; paths start at the file's folder.</summary>
internal sealed record Profile
{
    private const int LengthMax = 16 * 1024;

    public static readonly Profile Empty = new();

    public string? Address { get; private init; }

    public string? Certificate { get; private init; }

    public string? Key { get; private init; }

    public string? Ca { get; private init; }

    public string? Pin { get; private init; }

    public static Profile Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var profile = Empty;
        var seen = new HashSet<string>();
        var number = 0;
        foreach (var line in InputFile.ReadText(path, "profile", LengthMax).Split('\n'))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            var colon = text.IndexOf(':');
            var name = colon < 0 ? text : text[..colon].TrimEnd();
            var value = colon < 0 ? "" : Unquote(text[(colon + 1)..].Trim());
            if (value.Length == 0)
            {
                throw Fault(path, number, $"'{name}' has no value; write 'name: value'.");
            }

            if (!seen.Add(name))
            {
                throw Fault(path, number, $"'{name}' is given twice.");
            }

            profile = name switch
            {
                "address" => profile with { Address = value },
                "certificate" => profile with { Certificate = Path.Combine(folder, value) },
                "key" => profile with { Key = Path.Combine(folder, value) },
                "ca" => profile with { Ca = Path.Combine(folder, value) },
                "pin" => profile with { Pin = value },
                _ => throw Fault(path, number, $"unknown name '{name}'; known are address, certificate, key, ca and pin."),
            };
        }

        return profile;
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1] : value;

    private static UsageException Fault(string path, int line, string what) => new($"Profile {path}, line {line}: {what}");
}
