namespace SessionSigner.Ethereum;

/// <summary>The EIP-712 domain. A member that the payload leaves out is null and does not enter the hash.</summary>
/// <param name="Name">Name of the signing domain.</param>
/// <param name="Version">Its version.</param>
/// <param name="ChainId">The EIP-155 chain id.</param>
/// <param name="VerifyingContract">The contract that verifies.</param>
/// <param name="Salt">Distinguishes domains by other means.</param>
public sealed record TypedDataDomain(string? Name, string? Version, UInt256? ChainId, Address? VerifyingContract, Hash32? Salt);
