using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>The selector by which a permission for calls goes: contracts know no names, and a function may be called anything that has the selector.</summary>
/// <param name="Permission">Name of the permission.</param>
/// <param name="Selector">The first four bytes of the calldata: "0xa9059cbb".</param>
/// <param name="Signature">What the policy says it is the hash of: "transfer(address,uint256)".</param>
public sealed record CallSelector(string Permission, string Selector, string Signature)
{
    /// <summary>Those of a scope, in its order. Permissions for plain transfers have none, nor has a signature that cannot be read.</summary>
    public static IReadOnlyList<CallSelector> Of(Scope scope) =>
        [
            .. from permission in scope.Permissions.OfType<CallPermission>()
            let function = Parse(permission.Function)
            where function is not null
            select new CallSelector(permission.Name, $"0x{function.Selector:x8}", function.CanonicalSignature),
        ];

    private static AbiFunction? Parse(string signature) => AbiFunction.TryParse(signature, out var function, out _) ? function : null;
}
