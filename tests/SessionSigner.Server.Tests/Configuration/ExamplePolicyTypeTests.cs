using System.Runtime.CompilerServices;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Server.Tests;

/// <summary>The types and domains in the policies that come with the project are those of the contracts: their hashes are the constants that the contracts publish.</summary>
public class ExamplePolicyTypeTests
{
    // SPEC: GPv2Order.sol TYPE_HASH; Permit2 PermitHash.sol; Seaport 1.6 ConsiderationConstants.sol; 0x protocol LibNativeOrder.sol.
    [Theory]
    [InlineData("cow-swap-order", "sell", "0xd5a25ba2e97094ad7d83dc28a6572da797d6b3e7fc6663bd93efb789fc17e489")]
    [InlineData("permit2", "allowance", "0xf3841cd1ff0085026a6327b620b67997ce40f282c88a8e905a7a5626e310f3d0")]
    [InlineData("permit2", "transfer", "0x939c21a48a8dbe3a9a2404a1d46691e4d39f6583d6ec6b35714604c986d80106")]
    [InlineData("seaport-bid", "bid", "0xfa445660b7e21515a59617fcd68910b487aa5808b8abda3d78bc85df364b2c2f")]
    [InlineData("zeroex-v4-order", "limit", "0xce918627cb55462ddbb85e73de69a8b322f2bc88f4507c52fcad6d4c33c29d49")]
    [InlineData("zeroex-v4-order", "rfq", "0xe593d3fdfa8b60e5e17a1b2204662ecbe15c23f2084b9ad5bae40359540a7da9")]
    public void Type_hashes_are_those_of_the_contracts(string policy, string permission, string typeHash)
    {
        Assert.True(TypedDataStruct.TryParse(Find(policy, permission).Type, out var definition, out var fault), fault);
        Assert.Equal(typeHash, definition!.TypeHash.ToString());
    }

    // SPEC: DOMAIN_SEPARATOR() of the contracts on Ethereum where they have it; the others follow from the parts that their sources name.
    [Theory]
    [InlineData("cow-swap-order", "sell", "0xc078f884a2676e1345748b1feace7b0abee5d00ecadb6e574dcdd109a63e8943")]
    [InlineData("permit2", "allowance", "0x866a5aba21966af95d6c7ab78eb2b2fc913915c28be3b9aa07cc04ff903e3f28")]
    [InlineData("permit2", "transfer", "0x866a5aba21966af95d6c7ab78eb2b2fc913915c28be3b9aa07cc04ff903e3f28")]
    [InlineData("seaport-bid", "bid", "0xfce34bc6e1752c1117e5063116d25cad2fa2bdcf15ff2d2e275eece7dc31ba64")]
    [InlineData("zeroex-v4-order", "limit", "0xfe3a8808ff7909b8c36164e6e9a076597c21c3fc2ec6f2c8ac04529c41ce507e")]
    [InlineData("zeroex-v4-order", "rfq", "0xfe3a8808ff7909b8c36164e6e9a076597c21c3fc2ec6f2c8ac04529c41ce507e")]
    public void Domain_separators_are_those_of_the_contracts(string policy, string permission, string separator) =>
        Assert.Equal(separator, DomainHash.Of(Find(policy, permission).Domain).ToString());

    [Fact]
    public void The_swap_is_the_function_of_SwapRouter02()
    {
        var swap = (CallPermission)Read("uniswap-v3-swap").Ceiling.Permissions.Single(one => one.Name == "swap");
        Assert.True(AbiFunction.TryParse(swap.Function, out var function, out var fault), fault);
        Assert.Equal(0x04e45aafu, function!.Selector);
    }

    private static TypedDataPermission Find(string policy, string permission) =>
        (TypedDataPermission)Read(policy).Ceiling.Permissions.Single(one => one.Name == permission);

    private static Policy Read(string policy, [CallerFilePath] string thisFile = "")
    {
        var file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../deploy/policies", policy + ".yaml"));
        Assert.True(PolicyFile.TryRead(file, out var read, out var faults), string.Join('\n', faults));
        return read;
    }
}
