using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads a permission of kind "user_operation".</summary>
internal static class UserOperationPermissionReader
{
    private const int AddressCountMax = 256;
    private const int NonceKeyBits = 192;

    // Functions that an account has of its own. The others are functions of contracts that an account calls.
    private static readonly Dictionary<string, CallContainerKind> s_containers = new(StringComparer.Ordinal)
    {
        ["account"] = CallContainerKind.Account,
        ["erc7579"] = CallContainerKind.Erc7579,
        ["multicall"] = CallContainerKind.Multicall,
    };

    public static UserOperationPermission Read(ObjectReader reader, string name, IReadOnlyList<Meter> meters)
    {
        if (reader.Has("constraints"))
        {
            reader.Faults.Add(reader.PathOf("constraints"), "A user operation has none; the permissions of the calls it carries have.");
        }
        foreach (var meter in meters.Where(meter => !meter.OfGasCost))
        {
            reader.Faults.Add(reader.PathOf("meters"), $"Only gas_cost is counted here into \"{meter.Budget}\"; calls count the rest.");
        }
        var (entryPoint, version) = UserOperationSigning.ReadEntryPoint(reader);
        var permission = new UserOperationPermission
        {
            Name = name,
            Constraints = [],
            Meters = meters,
            Chain = Parsing.ChainId(reader.Required("chain"), reader.PathOf("chain"), reader.Faults) ?? UInt256.Zero,
            EntryPoint = entryPoint,
            EntryPointVersion = version,
            Senders = Addresses(reader, "senders", isRequired: true)!,
            NonceKeys = reader.Distinct<UInt256>("nonce_keys", 1, AddressCountMax, ReadNonceKey),
            SignatureForm = UserOperationSigning.ReadForm(reader),
            Unwrap =
            [
                .. reader
                    .DistinctTexts("unwrap", 1, s_containers.Count, s_containers.ContainsKey, "Must be one of account, erc7579, multicall.")
                    .Select(text => s_containers.GetValueOrDefault(text)),
            ],
            Paymasters = Addresses(reader, "paymasters", isRequired: false),
            Factories = Addresses(reader, "factories", isRequired: false),
            MaxCallGas = reader.OptionalAmount("max_call_gas"),
            MaxVerificationGas = reader.OptionalAmount("max_verification_gas"),
            MaxPreVerificationGas = reader.OptionalAmount("max_pre_verification_gas"),
            MaxPaymasterVerificationGas = reader.OptionalAmount("max_paymaster_verification_gas"),
            MaxPaymasterPostOpGas = reader.OptionalAmount("max_paymaster_post_op_gas"),
            MaxFeePerGas = reader.OptionalAmount("max_fee_per_gas"),
            MaxPriorityFeePerGas = reader.OptionalAmount("max_priority_fee_per_gas"),
        };
        RefuseMissingPaymaster(reader, permission);
        return permission;
    }

    // A cap for what is never there would look like a permission to have it.
    private static void RefuseMissingPaymaster(ObjectReader reader, UserOperationPermission permission)
    {
        foreach (var name in (string[])["max_paymaster_verification_gas", "max_paymaster_post_op_gas"])
        {
            if (reader.Has(name) && (permission.Paymasters is null || permission.EntryPointVersion == EntryPointVersion.V06))
            {
                reader.Faults.Add(reader.PathOf(name), "Only with paymasters, of an entry point from 0.7.");
            }
        }
    }

    private static IReadOnlyList<Address>? Addresses(ObjectReader reader, string name, bool isRequired) =>
        isRequired
            ? reader.Distinct<Address>(name, 1, AddressCountMax, ReadAddress)
            : reader.OptionalDistinct<Address>(name, 1, AddressCountMax, ReadAddress);

    // The EntryPoints take the zero address for none.
    private static Address? ReadAddress(JsonItem item, string path, FaultList faults)
    {
        var address = Parsing.Address(item, path, faults);
        if (address is { IsZero: true })
        {
            faults.Add(path, "Must not be the zero address.");
        }
        return address;
    }

    private static UInt256? ReadNonceKey(JsonItem item, string path, FaultList faults)
    {
        if (item is JsonItem.Text { Value: var text } && UInt256.TryParse(text, out var key) && key.BitLength <= NonceKeyBits)
        {
            return key;
        }
        faults.Add(path, "Must be a decimal string from 0 to 2^192-1 without sign or leading zeros.");
        return null;
    }
}
