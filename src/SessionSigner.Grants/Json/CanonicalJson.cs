using System.Globalization;
using System.Text;

namespace SessionSigner.Grants;

/// <summary>
/// Writes the canonical form of JSON.
/// SPEC: https://www.rfc-editor.org/rfc/rfc8785 with one narrowing: numbers are whole, so the ECMAScript number format of section 3.2.2.3
/// is the plain decimal form.
/// </summary>
public static class CanonicalJson
{
    /// <summary>The canonical text: members sorted by UTF-16 code units, no white space, shortest escapes. Writing what was read back gives the same text.</summary>
    public static string Write(JsonItem item)
    {
        var text = new StringBuilder();
        Write(item, text);
        return text.ToString();
    }

    /// <summary>The canonical text in UTF-8: the bytes that are hashed.</summary>
    public static byte[] WriteUtf8(JsonItem item) => Encoding.UTF8.GetBytes(Write(item));

    private static void Write(JsonItem item, StringBuilder text)
    {
        switch (item)
        {
            case JsonItem.Object value:
                WriteObject(value, text);
                break;
            case JsonItem.Array value:
                text.Append('[');
                for (var i = 0; i < value.Items.Count; i++)
                {
                    if (i > 0)
                    {
                        text.Append(',');
                    }
                    Write(value.Items[i], text);
                }
                text.Append(']');
                break;
            case JsonItem.Text value:
                WriteText(value.Value, text);
                break;
            case JsonItem.Integer value:
                text.Append(value.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case JsonItem.Boolean value:
                text.Append(value.Value ? "true" : "false");
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteObject(JsonItem.Object value, StringBuilder text)
    {
        // SPEC: RFC 8785 3.2.3 "property name strings to be sorted are formatted as arrays of UTF-16 code units".
        var members = value.Members.ToArray();
        Array.Sort(members, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        text.Append('{');
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }
            WriteText(members[i].Key, text);
            text.Append(':');
            Write(members[i].Value, text);
        }
        text.Append('}');
    }

    private static void WriteText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case < ' ':
                    text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        text.Append('"');
    }
}
