namespace SessionSigner.Ethereum;

/// <summary>A named, typed place in a tuple or an argument list.</summary>
/// <param name="Name">Identifier; empty if the signature gives none.</param>
/// <param name="Type">Its type.</param>
public sealed record AbiParameter(string Name, AbiType Type);
