using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace SessionSigner.Server;

/// <summary>Reads one small YAML document; anchors, aliases, tags, several documents and repeated keys are refused.</summary>
internal static class YamlText
{
    /// <summary>Largest file, in bytes.</summary>
    public const int SizeMax = 1_048_576;

    private const int DepthMax = 32;

    /// <summary>Reads the file's root mapping; on failure adds a fault and returns null.</summary>
    public static YamlMappingNode? Read(string file, FaultCollector faults)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > SizeMax)
            {
                faults.Add(0, "", $"the file is larger than {SizeMax} bytes");
                return null;
            }
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Parse(new UTF8Encoding(false, true).GetString(bytes), faults);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            faults.Add(0, "", "there is no such file");
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            faults.Add(0, "", $"the file cannot be read: {exception.Message}");
            return null;
        }
    }

    /// <summary>Parses text.</summary>
    public static YamlMappingNode? Parse(string text, FaultCollector faults)
    {
        try
        {
            if (FindRefused(text) is { } refused)
            {
                faults.Add(refused.Line, "", refused.Message);
                return null;
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return root;
            }
            faults.Add(1, "", "must be one document with a mapping");
        }
        catch (YamlException exception)
        {
            faults.Add(checked((int)exception.Start.Line), "", $"is not YAML: {exception.Message}");
        }
        // What the library throws beside its own exception when it loses its way in a malformed text.
        catch (Exception exception)
            when (exception
                    is InvalidOperationException
                        or ArgumentException
                        or IndexOutOfRangeException
                        or FormatException
                        or OverflowException
            )
        {
            faults.Add(0, "", "is not YAML");
        }
        return null;
    }

    private static (int Line, string Message)? FindRefused(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            depth += current.NestingIncrease;
            var line = checked((int)current.Start.Line);
            if (depth > DepthMax)
            {
                return (line, "is nested too deeply");
            }
            if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
            {
                return (line, "anchors and aliases are not allowed");
            }
            if (current is NodeEvent { Tag.IsEmpty: false })
            {
                return (line, "tags are not allowed");
            }
        }
        return null;
    }
}
