using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Selectors of signatures that this project writes down itself.</summary>
internal static class Selectors
{
    /// <summary>The selector of a signature that is known to be one.</summary>
    public static uint Of(string signature) =>
        AbiFunction.TryParse(signature, out var function, out var fault) ? function!.Selector : throw new InvalidOperationException(fault);
}
