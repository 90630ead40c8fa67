using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using SessionSigner.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SessionSigner.Server;

/// <summary>Reads a policy from a YAML or JSON file. Plain numbers, true, false and null keep their type; everything else is text, so an address needs no quotes.</summary>
internal static class PolicyFile
{
    /// <summary>Reads and checks a policy.</summary>
    /// <returns>False with everything that is wrong.</returns>
    public static bool TryRead(string file, [NotNullWhen(true)] out Policy? policy, out IReadOnlyList<string> faults)
    {
        policy = null;
        return TryReadJson(file, out var json, out faults) && Policy.TryParse(json, out policy, out faults);
    }

    /// <summary>Reads any YAML or JSON file with a mapping into the JSON it stands for.</summary>
    /// <returns>False with everything that is wrong.</returns>
    public static bool TryReadJson(string file, out ReadOnlyMemory<byte> json, out IReadOnlyList<string> faults)
    {
        var collector = new FaultCollector(file);
        var root = YamlText.Read(file, collector);
        json = root is null ? default : ToJson(root);
        faults = [.. collector.Faults.Select(fault => fault.Line > 0 ? $"line {fault.Line}: {fault.Message}" : fault.Message)];
        return root is not null;
    }

    /// <summary>The same document as JSON.</summary>
    internal static ReadOnlyMemory<byte> ToJson(YamlNode root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        Write(writer, root);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in mapping.Children)
                {
                    writer.WritePropertyName((key as YamlScalarNode)?.Value ?? "");
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Children)
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar:
                WritePlain(writer, scalar.Value ?? "");
                break;
            default:
                writer.WriteStringValue(((YamlScalarNode)node).Value ?? "");
                break;
        }
    }

    private static void WritePlain(Utf8JsonWriter writer, string text)
    {
        switch (text)
        {
            case "true" or "false":
                writer.WriteBooleanValue(text == "true");
                break;
            case "" or "null" or "~":
                writer.WriteNullValue();
                break;
            // A number is one only in its canonical form; 010, 0x10, 1e3 and 1_000 are text and the policy's reader refuses them.
            case var _
                when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    && number.ToString(CultureInfo.InvariantCulture) == text:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }
}
