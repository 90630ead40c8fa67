using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// The domain separator of a domain as a permission states it.
/// SPEC: EIP-712 "definition of domainSeparator": the present members in the order name, version, chainId, verifyingContract, salt.
/// </summary>
internal static class DomainHash
{
    public static Hash32 Of(TypedDataDomainRule domain)
    {
        var members = new List<string>();
        Span<byte> words = stackalloc byte[6 * 32];
        words.Clear();
        var used = 32;
        if (domain.Name is { } name)
        {
            members.Add("string name");
            Keccak256.Hash(Encoding.UTF8.GetBytes(name)).CopyTo(words[used..]);
            used += 32;
        }
        if (domain.Version is { } version)
        {
            members.Add("string version");
            Keccak256.Hash(Encoding.UTF8.GetBytes(version)).CopyTo(words[used..]);
            used += 32;
        }
        if (domain.ChainId is { } chain)
        {
            members.Add("uint256 chainId");
            chain.WriteBigEndian(words.Slice(used, 32));
            used += 32;
        }
        if (domain.VerifyingContract is { } contract)
        {
            members.Add("address verifyingContract");
            contract.CopyTo(words.Slice(used + 12, Address.Size));
            used += 32;
        }
        if (domain.Salt is { } salt)
        {
            members.Add("bytes32 salt");
            salt.CopyTo(words[used..]);
            used += 32;
        }
        Keccak256.Hash(Encoding.ASCII.GetBytes($"EIP712Domain({string.Join(',', members)})")).CopyTo(words);
        return Keccak256.Hash(words[..used]);
    }
}
