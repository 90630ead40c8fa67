using System.Globalization;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// What comes nearest to a call of a contract that no permission names: the contracts that may be called with its function, or else all that may be
/// called. Remembers <see cref="ListMax"/> of them and how many there are, so that a refusal costs the same however many a scope lists.
/// </summary>
internal sealed class NearestTargets
{
    /// <summary>Most contracts that are listed.</summary>
    private const int ListMax = 4;

    public static readonly NearestTargets None = new(UInt256.Zero, []);

    private readonly UInt256 _anyChain;
    private readonly Dictionary<UInt256, Listed> _byChain = [];
    private readonly Dictionary<(UInt256 Chain, ulong Selector), Listed> _byFunction = [];

    /// <param name="anyChain">The chain that stands for all.</param>
    /// <param name="permitted">What permissions name, each once; what is told is in this order.</param>
    public NearestTargets(UInt256 anyChain, IEnumerable<(UInt256 Chain, Address Target, ulong Selector, string Function)> permitted)
    {
        _anyChain = anyChain;
        var (general, own) = (new HashSet<Address>(), new HashSet<(UInt256, Address)>());
        var functions = new HashSet<(ulong, Address)>();
        var isMixed = permitted.Any(item => item.Chain != anyChain);
        // What holds on every chain first: it is not listed again under one of them.
        foreach (var (chain, target, selector, function) in permitted.Where(item => item.Chain == anyChain))
        {
            _ = isMixed && functions.Add((selector, target));
            Add(chain, target, selector, function, isNewTarget: general.Add(target), isNewFunction: true);
        }
        foreach (var (chain, target, selector, function) in permitted.Where(item => item.Chain != anyChain))
        {
            var isNewTarget = !general.Contains(target) && own.Add((chain, target));
            Add(chain, target, selector, function, isNewTarget, isNewFunction: !functions.Contains((selector, target)));
        }
    }

    /// <summary>The contracts that may be called on a chain.</summary>
    public string Find(UInt256 chain) => Describe(_byChain.GetValueOrDefault(chain), _byChain.GetValueOrDefault(_anyChain));

    /// <summary>The contracts that may be called with a function on a chain, or else all.</summary>
    public string Find(UInt256 chain, ulong selector)
    {
        var (own, general) = (_byFunction.GetValueOrDefault((chain, selector)), _byFunction.GetValueOrDefault((_anyChain, selector)));
        return own is null && general is null ? Find(chain) : Describe(own, general);
    }

    private void Add(UInt256 chain, Address target, ulong selector, string function, bool isNewTarget, bool isNewFunction)
    {
        if (isNewTarget)
        {
            Of(_byChain, chain, "").Add(target);
        }
        if (isNewFunction)
        {
            Of(_byFunction, (chain, selector), function + " at ").Add(target);
        }
    }

    private static Listed Of<T>(Dictionary<T, Listed> lists, T key, string prefix)
        where T : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = new Listed(prefix));
        }
        return list;
    }

    // What holds on one chain, and what holds on all of them.
    private static string Describe(Listed? own, Listed? general)
    {
        var count = (own?.Count ?? 0) + (general?.Count ?? 0);
        string[] shown = [.. (own?.First ?? []).Concat(general?.First ?? []).Take(ListMax).Select(target => target.ToString())];
        var more = count > shown.Length ? string.Create(CultureInfo.InvariantCulture, $", and {count - shown.Length} more") : "";
        return DenialText.Clip((own ?? general)?.Prefix + string.Join(", ", shown.Order(StringComparer.Ordinal)) + more);
    }

    private sealed class Listed(string prefix)
    {
        public string Prefix { get; } = prefix;

        public List<Address> First { get; } = new(ListMax);

        public int Count { get; private set; }

        public void Add(Address target)
        {
            Count++;
            if (First.Count < ListMax)
            {
                First.Add(target);
            }
        }
    }
}
