using System.Globalization;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A compiled permission of kind "message".</summary>
internal sealed class MessageRule(string path, MessageTemplate template, CompiledConstraint[] constraints, CompiledMeter[] meters)
    : PermissionRule(path, constraints, meters)
{
    private const int ObservedBytesMax = 64;

    /// <summary>Holds a message against template, constraints and meters. Debits are complete only if the outcome is met.</summary>
    public Outcome Check(ReadOnlySpan<byte> text, long now, DebitBuffer debits)
    {
        if (template.Match(text, now, out var position, out var part) is { } values)
        {
            return CheckArguments(Arguments.OfValues(values), UInt256.Zero, UInt256.Zero, debits);
        }
        var rest = text[position..];
        var shown = FaultList.Quote(Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, ObservedBytesMax)]));
        return new Outcome(
            Criterion.Decoding,
            Index: position,
            Word: (ulong)part,
            Text: rest.IsEmpty
                ? string.Create(CultureInfo.InvariantCulture, $"the end at byte {position}")
                : string.Create(CultureInfo.InvariantCulture, $"at byte {position}: {shown}")
        );
    }

    /// <inheritdoc/>
    public override Denial Explain(in Outcome outcome) =>
        outcome.Criterion == Criterion.Decoding
            ? new Denial(
                DenialReason.MessageNotAllowed,
                Path + ".template",
                DenialText.Clip(outcome.Text ?? ""),
                DenialText.Clip(template.Expected(FindPart(outcome.Word)))
            )
            : base.Explain(outcome);

    private static int FindPart(UInt256 word) => int.Parse(word.ToString(), CultureInfo.InvariantCulture);
}
