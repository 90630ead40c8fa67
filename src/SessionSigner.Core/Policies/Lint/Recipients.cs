using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Arguments and fields to whom something may go.</summary>
internal static class Recipients
{
    private const int NamesMax = 8;

    private static readonly string[] s_parts = ["beneficiary", "destination", "receiver", "recipient"];
    private static readonly HashSet<string> s_names = new(StringComparer.OrdinalIgnoreCase) { "dst", "onBehalfOf", "to" };

    /// <summary>Whether one is, by its name. Bridges write addresses of other chains as bytes32.</summary>
    public static bool Has(Argument argument) =>
        argument.Type is AbiType.AddressType or AbiType.FixedBytes { Length: Hash32.Size }
        && (
            s_names.Contains(argument.Name.Trim('_'))
            || s_parts.Any(part => argument.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>The warning of those that may be anyone; null if there are none.</summary>
    public static string? Warn(string path, string of, IEnumerable<Argument> open)
    {
        var names = open.Select(argument => FaultList.Quote(argument.Path)).ToList();
        var more = names.Count > NamesMax ? " and others" : "";
        return names.Count == 0
            ? null
            : $"{path}.constraints: {string.Join(", ", names.Take(NamesMax))}{more} of {of} may be anyone; constrain with eq or in whoever gets something.";
    }
}
