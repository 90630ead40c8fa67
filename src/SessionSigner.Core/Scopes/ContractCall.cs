using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A call as the called contract sees it: the transaction's own, or one that a container carries.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Target">The called account.</param>
/// <param name="Value">Native value in wei.</param>
/// <param name="Data">Calldata.</param>
internal readonly record struct ContractCall(UInt256 Chain, Address Target, UInt256 Value, ReadOnlyMemory<byte> Data);
