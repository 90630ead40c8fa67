using System.Text;

namespace SessionSigner.Pkcs11;

/// <summary>What is needed to put a new token into a free slot.</summary>
public sealed record TokenInitializationOptions
{
    /// <summary>Absolute path of the PKCS#11 module.</summary>
    public required string ModulePath { get; init; }

    /// <summary>Label of the new token: 1 to 32 bytes of UTF-8.</summary>
    public required string Label { get; init; }

    /// <summary>File that holds the security officer's PIN; its owner alone may read it.</summary>
    public required string SecurityOfficerPinFile { get; init; }

    /// <summary>File that holds the user's PIN; its owner alone may read it.</summary>
    public required string UserPinFile { get; init; }
}

/// <summary>A token by its names.</summary>
/// <param name="Label">Its label, without padding.</param>
/// <param name="Serial">Its serial number, without padding.</param>
/// <param name="Model">Manufacturer and model.</param>
public sealed record TokenIdentity(string Label, string Serial, string Model);

/// <summary>Makes tokens in slots that hold none yet, as SoftHSM always offers one, and lists those there are. Never touches a token that exists.</summary>
public static class TokenInitializer
{
    private const int LabelSize = 32;

    /// <summary>The initialised tokens that a module shows.</summary>
    /// <exception cref="TokenException"><see cref="TokenFault.Module"/> or <see cref="TokenFault.Unavailable"/>.</exception>
    public static IReadOnlyList<TokenIdentity> List(string modulePath) =>
        Guarded(() =>
        {
            using var module = CryptokiModule.Open(modulePath);
            return (IReadOnlyList<TokenIdentity>)
                [.. TokenSearch.List(module.Functions).Where(c => c.Token.IsInitialized).Select(c => Identify(c.Token))];
        });

    /// <summary>Initialises the token of a free slot and sets its user PIN.</summary>
    /// <exception cref="TokenException"><see cref="TokenFault.AlreadyExists"/> if a token has the label; otherwise why it cannot be done.</exception>
    public static TokenIdentity Initialize(TokenInitializationOptions options) =>
        Guarded(() =>
        {
            var label = PadLabel(options.Label);
            using var securityOfficerPin = new PinSource(options.SecurityOfficerPinFile, null).Read();
            using var userPin = new PinSource(options.UserPinFile, null).Read();
            using var module = CryptokiModule.Open(options.ModulePath);

            // 1. A slot whose token has never been initialised.
            var tokens = TokenSearch.List(module.Functions);
            if (tokens.Any(candidate => candidate.Token.IsInitialized && candidate.Token.Label == options.Label))
            {
                throw new TokenException(TokenFault.AlreadyExists, $"A token {options.Label} exists already; it is left as it is.");
            }
            var free = tokens
                .Where(candidate => !candidate.Token.IsInitialized)
                .Select(candidate => (nuint?)candidate.Slot)
                .FirstOrDefault();
            if (free is not { } slot)
            {
                throw new TokenException(
                    TokenFault.TokenNotFound,
                    "The module has no slot without an initialised token. Initialise a hardware token with its maker's tool."
                );
            }

            // 2. The token. It gets another slot number by it, so it is looked for by its label.
            module.Functions.InitializeToken(slot, securityOfficerPin.Bytes, label);
            module.Reinitialize();
            var (newSlot, token) = TokenSearch.Find(module.Functions, options.Label, serial: null);

            // 3. The user PIN.
            var session = module.Functions.OpenSession(newSlot, readWrite: true);
            Cryptoki.Check("C_Login", module.Functions.Login(session, UserType.SecurityOfficer, securityOfficerPin.Bytes));
            module.Functions.InitializeUserPin(session, userPin.Bytes);
            module.Functions.CloseSession(session);
            return Identify(token);
        });

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (CryptokiException exception)
        {
            throw new TokenException(TokenFault.Unavailable, $"The token refused: {exception.Message}", exception);
        }
    }

    private static TokenIdentity Identify(TokenDescription token) => new(token.Label, token.Serial, token.Model);

    private static byte[] PadLabel(string label)
    {
        var bytes = Encoding.UTF8.GetBytes(label);
        if (bytes.Length is 0 or > LabelSize || label != label.Trim() || label.Any(char.IsControl))
        {
            throw new TokenException(
                TokenFault.Options,
                $"A token's label has 1 to {LabelSize} bytes, no control characters and no blanks around it."
            );
        }
        return [.. bytes, .. Enumerable.Repeat((byte)' ', LabelSize - bytes.Length)];
    }
}
