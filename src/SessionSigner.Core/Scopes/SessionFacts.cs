using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>What a scope must know of the session that would sign. The zero value is no session: whatever depends on one is refused.</summary>
/// <param name="Signer">Address of the session key.</param>
/// <param name="NotAfter">First second in which the session may no longer sign, Unix time.</param>
/// <param name="Account">The account it acts for.</param>
public readonly record struct SessionFacts(Address Signer, long NotAfter, Address Account = default);
