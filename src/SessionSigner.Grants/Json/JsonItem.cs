namespace SessionSigner.Grants;

/// <summary>A JSON value as strictly read: no floats, no duplicate members, no lone surrogates. A closed hierarchy.</summary>
public abstract record JsonItem
{
    private JsonItem() { }

    /// <summary>An object; its members in the order they were read, each name once.</summary>
    /// <param name="Members">The members.</param>
    public sealed record Object(IReadOnlyList<KeyValuePair<string, JsonItem>> Members) : JsonItem
    {
        /// <summary>The member's value, or null if there is none of this name.</summary>
        public JsonItem? Find(string name)
        {
            foreach (var member in Members)
            {
                if (member.Key == name)
                {
                    return member.Value;
                }
            }
            return null;
        }
    }

    /// <summary>An array.</summary>
    /// <param name="Items">The elements.</param>
    public sealed record Array(IReadOnlyList<JsonItem> Items) : JsonItem;

    /// <summary>A string.</summary>
    /// <param name="Value">Well-formed UTF-16.</param>
    public sealed record Text(string Value) : JsonItem;

    /// <summary>A whole number of at most 2^53-1 in magnitude, so that every JSON reader sees the same number.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Integer(long Value) : JsonItem
    {
        /// <summary>Largest magnitude.</summary>
        public const long Max = 9_007_199_254_740_991;
    }

    /// <summary>true or false.</summary>
    /// <param name="Value">The value.</param>
    public sealed record Boolean(bool Value) : JsonItem;

    /// <summary>null.</summary>
    public sealed record Null : JsonItem
    {
        /// <summary>The only value.</summary>
        public static readonly Null Value = new();

        private Null() { }
    }

    /// <summary>Makes an object from members.</summary>
    public static Object Of(params (string Name, JsonItem Value)[] members) =>
        new([.. members.Select(member => KeyValuePair.Create(member.Name, member.Value))]);
}
