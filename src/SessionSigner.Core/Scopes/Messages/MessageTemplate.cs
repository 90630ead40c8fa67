using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// A compiled template: literal texts and holes in turn. A text matches in at most one way and is looked at once, from front to back: after a hole of open length
/// stands a literal that no value of the hole could go on with. Immutable.
/// </summary>
internal sealed class MessageTemplate
{
    private readonly List<(byte[] Literal, TemplateHole? Hole)> _parts;
    private readonly AbiParameter[] _parameters;

    private MessageTemplate(List<(byte[] Literal, TemplateHole? Hole)> parts)
    {
        _parts = parts;
        _parameters = [.. parts.Where(part => part.Hole is not null).Select(part => part.Hole!.Parameter)];
    }

    /// <summary>The holes in the order of the template.</summary>
    public IReadOnlyList<AbiParameter> Parameters => _parameters;

    /// <summary>Compiles a template; null, and faults, if it is not certain what a message says under it.</summary>
    public static MessageTemplate? Compile(MessagePermission permission, string path, FaultList faults)
    {
        var before = faults.Count;
        var holes = new Dictionary<string, TemplateHole>(StringComparer.Ordinal);
        foreach (var hole in permission.Holes)
        {
            if (!holes.TryAdd(hole.Name, TemplateHole.Compile(hole)))
            {
                faults.Add(path + ".holes", $"The name {FaultList.Quote(hole.Name)} is given twice.");
            }
        }
        var parts = Split(permission.Template, holes, path + ".template", faults);
        foreach (var name in holes.Keys)
        {
            faults.Add(path + ".holes", $"{FaultList.Quote(name)} is not in the template.");
        }
        if (faults.Count == before)
        {
            Check(parts, path + ".template", faults);
        }
        return faults.Count == before ? new MessageTemplate(parts) : null;
    }

    /// <summary>Reads the values of the holes from a text.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="now">Unix time.</param>
    /// <param name="position">How far the text follows the template, in bytes.</param>
    /// <param name="part">Which part it follows no further; see <see cref="Expected"/>.</param>
    /// <returns>The values, or null if the text does not follow the template.</returns>
    public AbiValue.Tuple? Match(ReadOnlySpan<byte> text, long now, out int position, out int part)
    {
        position = 0;
        var values = new List<AbiValue>(_parameters.Length);
        for (part = 0; part < _parts.Count; part++)
        {
            var (literal, hole) = _parts[part];
            var common = text[position..].CommonPrefixLength(literal);
            position += common;
            if (common < literal.Length)
            {
                return null;
            }
            if (hole is not null)
            {
                if (hole.Read(text[position..], now, out var length) is not { } value)
                {
                    return null;
                }
                values.Add(value);
                position += length;
            }
        }
        return position == text.Length ? new AbiValue.Tuple(_parameters, values) : null;
    }

    /// <summary>What a part of the template takes, for people.</summary>
    public string Expected(int part)
    {
        if (part >= _parts.Count)
        {
            return "the end of the message";
        }
        var (literal, hole) = _parts[part];
        var text = FaultList.Quote(Encoding.UTF8.GetString(literal));
        return hole is null ? text : $"{text}, {hole.Parameter.Name}: {hole.Expected}";
    }

    // Takes each hole that the template names out of the list.
    private static List<(byte[] Literal, TemplateHole? Hole)> Split(
        string template,
        Dictionary<string, TemplateHole> holes,
        string path,
        FaultList faults
    )
    {
        var parts = new List<(byte[], TemplateHole?)>();
        var literal = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var c = template[i];
            if (c is not ('{' or '}'))
            {
                literal.Append(c);
                continue;
            }
            if (i + 1 < template.Length && template[i + 1] == c)
            {
                literal.Append(c);
                i++;
                continue;
            }
            var end = c == '{' ? template.IndexOf('}', i) : -1;
            if (end < 0 || !holes.Remove(template[(i + 1)..end], out var hole))
            {
                faults.Add(
                    path,
                    "A brace must begin or end the name of one of the holes, each of which stands in it once; {{ and }} stand for braces."
                );
                return parts;
            }
            parts.Add((Encoding.UTF8.GetBytes(literal.ToString()), hole));
            literal.Clear();
            i = end;
        }
        parts.Add((Encoding.UTF8.GetBytes(literal.ToString()), null));
        return parts;
    }

    private static void Check(List<(byte[] Literal, TemplateHole? Hole)> parts, string path, FaultList faults)
    {
        if (SignInMessage.IsMeant([.. parts.SelectMany(part => part.Literal)]))
        {
            faults.Add(path, "Looks like Sign-In with Ethereum; use a permission of kind sign_in.");
        }
        if (parts is [{ Hole: null, Literal.Length: Hash32.Size }])
        {
            faults.Add(path, "Has 32 bytes; a text as long as a hash is not signed.");
        }
        for (var i = 0; i < parts.Count; i++)
        {
            var (literal, hole) = parts[i];
            var name = hole is null ? "" : FaultList.Quote(hole.Parameter.Name);
            if (hole is not null && literal.Length == 0)
            {
                faults.Add(path, $"Text must stand before {name}, so that it is clear where it begins.");
            }
            else if (hole is not null && hole.BlursAfter(literal[^1]))
            {
                faults.Add(path, $"A digit stands before {name}, and would be read as part of it.");
            }
            if (hole is not null && parts[i + 1].Literal is [var next, ..] && hole.MayGoOnWith(next))
            {
                faults.Add(path, $"What follows {name} must not begin with a character that {name} may have.");
            }
        }
    }
}
