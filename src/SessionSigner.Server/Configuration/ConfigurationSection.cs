using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace SessionSigner.Server;

/// <summary>
/// Strict reader over one mapping of a YAML document. Every option is asked for by name; what was never asked for is a fault.
/// A fault never stops the reading, so that all are found at once; the value returned beside a fault is a placeholder.
/// </summary>
internal sealed class ConfigurationSection
{
    private readonly FaultCollector _faults;
    private readonly YamlMappingNode? _node;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public ConfigurationSection(FaultCollector faults, string path, YamlMappingNode? node, int line)
    {
        _faults = faults;
        Path = path;
        _node = node;
        Line = line;
    }

    /// <summary>Path of this section, empty for the document.</summary>
    public string Path { get; }

    /// <summary>Line the section begins on.</summary>
    public int Line { get; }

    /// <summary>Whether an option is there.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Reads a section; absent is empty.</summary>
    public ConfigurationSection Section(string name)
    {
        var node = Find(name);
        // A section whose options are all comments has no value.
        if (node is YamlScalarNode { Value: "" })
        {
            node = null;
        }
        if (node is not null and not YamlMappingNode)
        {
            AddFault(name, "must be a mapping of options");
        }
        return new ConfigurationSection(_faults, Join(name), node as YamlMappingNode, LineOf(node));
    }

    /// <summary>Reads a list of sections; at least one.</summary>
    public IReadOnlyList<ConfigurationSection> Sections(string name)
    {
        if (Find(name) is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            AddFault(name, "must be a list with at least one item");
            return [];
        }
        var sections = new List<ConfigurationSection>();
        for (var i = 0; i < list.Children.Count; i++)
        {
            var path = $"{Join(name)}[{i}]";
            if (list.Children[i] is not YamlMappingNode)
            {
                _faults.Add(LineOf(list.Children[i]), path, "must be a mapping of options");
            }
            sections.Add(new ConfigurationSection(_faults, path, list.Children[i] as YamlMappingNode, LineOf(list.Children[i])));
        }
        return sections;
    }

    /// <summary>Reads text that must be there, 1 to <paramref name="lengthMax"/> printable characters.</summary>
    public string Text(string name, int lengthMax = 256)
    {
        var text = OptionalText(name, lengthMax);
        if (text is null && !_faults.Has(Join(name)))
        {
            AddFault(name, "is missing");
        }
        return text ?? "";
    }

    /// <summary>Reads text that may be absent.</summary>
    public string? OptionalText(string name, int lengthMax = 256)
    {
        var node = Find(name);
        return node is null ? null : CheckText(node, Join(name), lengthMax);
    }

    /// <summary>Reads a list of texts; may be empty.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not YamlSequenceNode list)
        {
            AddFault(name, "must be a list");
            return [];
        }
        var texts = new List<string>();
        for (var i = 0; i < list.Children.Count; i++)
        {
            var text = CheckText(list.Children[i], $"{Join(name)}[{i}]", 256);
            if (text is not null)
            {
                texts.Add(text);
            }
        }
        return texts;
    }

    /// <summary>Reads a whole number within bounds.</summary>
    public int Number(string name, int defaultValue, int min, int max)
    {
        var node = Find(name);
        if (node is null)
        {
            return defaultValue;
        }
        if (
            node is YamlScalarNode { Value: { } text }
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
        )
        {
            return value;
        }
        AddFault(name, $"must be a whole number from {min} to {max}");
        return defaultValue;
    }

    /// <summary>Reads a number of seconds within bounds.</summary>
    public TimeSpan Seconds(string name, int defaultSeconds, int min, int max) =>
        TimeSpan.FromSeconds(Number(name, defaultSeconds, min, max));

    /// <summary>Reads true or false.</summary>
    public bool Flag(string name)
    {
        var node = Find(name);
        if (node is YamlScalarNode { Value: "true" or "false" } scalar)
        {
            return scalar.Value == "true";
        }
        if (node is not null)
        {
            AddFault(name, "must be true or false");
        }
        return false;
    }

    /// <summary>Reads one of several words.</summary>
    public string Word(string name, string defaultWord, params ReadOnlySpan<string> words)
    {
        var word = OptionalText(name) ?? defaultWord;
        if (!words.Contains(word))
        {
            AddFault(name, $"must be one of {string.Join(", ", words)}");
            return defaultWord;
        }
        return word;
    }

    /// <summary>The options' names, for a section whose names are data.</summary>
    public IReadOnlyList<string> Names() =>
        _node is null ? [] : [.. _node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "")];

    /// <summary>Reports options that were never asked for.</summary>
    public void RefuseUnknown()
    {
        foreach (var key in _node?.Children.Keys ?? [])
        {
            var name = (key as YamlScalarNode)?.Value ?? "?";
            if (!_known.Contains(name))
            {
                var known = string.Join(", ", _known.Order(StringComparer.Ordinal));
                _faults.Add(LineOf(key), Join(Printable(name)), $"is not an option; known here: {known}");
            }
        }
    }

    /// <summary>Reports a fault of an option.</summary>
    public void AddFault(string name, string message)
    {
        var line = _node is not null && TryFind(name) is { } node ? LineOf(node) : Line;
        _faults.Add(line, Join(name), message);
    }

    private static int LineOf(YamlNode? node) => node is null ? 0 : checked((int)node.Start.Line);

    private static string Printable(string text) => new([.. text.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);

    private string? CheckText(YamlNode node, string path, int lengthMax)
    {
        if (node is not YamlScalarNode { Value: { Length: > 0 } text })
        {
            _faults.Add(LineOf(node), path, "must be text");
            return null;
        }
        if (text.Length > lengthMax || text.Any(char.IsControl))
        {
            _faults.Add(LineOf(node), path, $"must be 1 to {lengthMax} characters without control characters");
            return null;
        }
        return text;
    }

    private YamlNode? Find(string name)
    {
        _known.Add(name);
        _faults.Asked.Add(Join(name));
        return TryFind(name);
    }

    private YamlNode? TryFind(string name) =>
        _node is not null && _node.Children.TryGetValue(new YamlScalarNode(name), out var node) ? node : null;

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}

/// <summary>Gathers the faults of one file.</summary>
internal sealed class FaultCollector(string file)
{
    private readonly List<ConfigurationFault> _faults = [];

    /// <summary>The faults so far, by line.</summary>
    public IReadOnlyList<ConfigurationFault> Faults => [.. _faults.OrderBy(fault => fault.Line)];

    /// <summary>Paths of all options that were asked for, there or not.</summary>
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds one.</summary>
    public void Add(int line, string path, string message) => _faults.Add(new ConfigurationFault(file, line, path, message));

    /// <summary>Whether an option has a fault.</summary>
    public bool Has(string path) => _faults.Exists(fault => fault.Path == path);
}
