using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A function that carries other calls. Immutable.</summary>
internal abstract class CallContainer
{
    /// <summary>Most calls that all containers of one request carry together.</summary>
    public const int CallCountMax = 64;

    /// <summary>Containers inside containers: how many may enclose a call.</summary>
    public const int DepthMax = 3;

    public static readonly ContainerFault TooDeep = new(DenialReason.FeatureNotAllowed, "calls in more than 3 containers");
    public static readonly ContainerFault TooManyCalls = new(DenialReason.FeatureNotAllowed, "more than 64 calls");
    public static readonly ContainerFault NoCalls = new(DenialReason.Undecodable, "no calls");

    /// <summary>What may be carried, for people.</summary>
    public abstract string Limit { get; }

    /// <summary>Which parameter is an array with one element for each call; -1 if none.</summary>
    protected virtual int ArrayPosition => -1;

    /// <summary>Whether an array in the undecoded arguments says that there are more calls than may be. What cannot be read is left to the decoder.</summary>
    public bool HasTooManyCalls(ReadOnlySpan<byte> arguments) => ArrayPosition >= 0 && HasTooManyElements(arguments, ArrayPosition);

    /// <summary>Reads the calls.</summary>
    /// <param name="outer">The call of the container itself.</param>
    /// <param name="arguments">Its decoded arguments, of the types of the signature it was found by.</param>
    /// <param name="calls">Receives the calls in their order, at most 64.</param>
    /// <returns>What is wrong, or null.</returns>
    public abstract ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls);

    /// <summary>Adds a call.</summary>
    /// <returns>What is wrong, or null.</returns>
    protected static ContainerFault? Add(List<ContractCall> calls, ContractCall call)
    {
        if (calls.Count == CallCountMax)
        {
            return TooManyCalls;
        }
        // Some containers (ERC-7821, newer MultiSend) take the zero address for themselves.
        if (call.Target == default)
        {
            return new ContainerFault(DenialReason.FeatureNotAllowed, "a call to the zero address");
        }
        calls.Add(call);
        return null;
    }

    /// <summary>Whether the array whose offset is at a position of the head has more than 64 elements.</summary>
    protected static bool HasTooManyElements(ReadOnlySpan<byte> data, int position)
    {
        var head = position * AbiType.WordSize;
        return TryRead(data, head, out var offset) && TryRead(data, offset, out var count) && count > CallCountMax;
    }

    private static bool TryRead(ReadOnlySpan<byte> data, int start, out int value)
    {
        value = 0;
        if (start > data.Length - AbiType.WordSize)
        {
            return false;
        }
        var word = UInt256.FromBigEndian(data.Slice(start, AbiType.WordSize));
        value = word.TryToUInt64(out var number) && number < int.MaxValue ? (int)number : int.MaxValue;
        return true;
    }
}

/// <summary>Why the calls of a container cannot be looked into.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Observed">What the request had.</param>
internal sealed record ContainerFault(DenialReason Reason, string Observed)
{
    /// <summary>The refusal under a permission.</summary>
    public Denial Explain(string path, CallContainer container) =>
        new(Reason, path + ".unwrap", DenialText.Clip(Observed), DenialText.Clip(container.Limit));
}
