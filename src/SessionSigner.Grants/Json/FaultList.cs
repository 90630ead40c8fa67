using System.Text;

namespace SessionSigner.Grants;

/// <summary>Collects what is wrong with a document, one sentence each, naming the path. Bounded, so that a hostile document cannot make it large. Not thread safe.</summary>
public sealed class FaultList
{
    /// <summary>Most faults kept; further ones are counted by one last sentence.</summary>
    public const int CountMax = 64;

    private readonly List<string> _faults = [];

    /// <summary>The faults in the order they were found.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>How many there are, also those that were not kept: whoever compares it before and after reading a part must see every fault of the part.</summary>
    public int Count { get; private set; }

    /// <summary>Adds "path: rule".</summary>
    /// <param name="path">Path of the value at fault; empty for the whole document.</param>
    /// <param name="rule">The rule it breaks.</param>
    public void Add(string path, string rule)
    {
        Count++;
        if (_faults.Count < CountMax)
        {
            _faults.Add(path.Length == 0 ? rule : path + ": " + rule);
        }
        else if (_faults.Count == CountMax)
        {
            _faults.Add("There are more faults; these are the first.");
        }
    }

    /// <summary>Text from a document, made safe for a fault or a log: printable ASCII in quotes, everything else escaped, cut at 64 characters.</summary>
    public static string Quote(string text)
    {
        const int LengthMax = 64;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (quoted.Length > LengthMax)
            {
                return quoted.Append("...\"").ToString();
            }
            if (c is >= ' ' and <= '~' and not '"' and not '\\')
            {
                quoted.Append(c);
            }
            else
            {
                quoted.Append("\\u").Append(((int)c).ToString("x4"));
            }
        }
        return quoted.Append('"').ToString();
    }
}
