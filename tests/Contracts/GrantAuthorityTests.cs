using SessionSigner.Core;
using SessionSigner.Core.Tests;
using SessionSigner.Grants;
using SessionSigner.Pkcs11;
using SessionSigner.Pkcs11.Tests;

namespace Contracts;

/// <summary>The authority of the daemon, on SoftHSM.</summary>
[Collection(TokenCollection.Name)]
public sealed class Pkcs11GrantAuthorityContractTests : GrantAuthorityContract, IDisposable
{
    private const string Token = "contract";

    private readonly Pkcs11GrantAuthority _authority;

    public Pkcs11GrantAuthorityContractTests(SoftHsm softHsm)
    {
        _ = softHsm.Token(Token);
        _authority = softHsm.Open(Token, [.. Curves.Select(curve => Key(softHsm, $"contract-{curve}", curve))]);
    }

    protected override IGrantAuthority Authority => _authority;

    protected override IReadOnlyList<Curve> Curves => [Curve.Secp256k1, Curve.P256];

    public void Dispose() => _authority.Dispose();

    /// <summary>A key of this label, made if there is none.</summary>
    private static string Key(SoftHsm softHsm, string label, Curve curve)
    {
        try
        {
            softHsm.Generate(Token, label, curve);
        }
        catch (TokenException exception) when (exception.Fault == TokenFault.AlreadyExists) { }
        return label;
    }
}

/// <summary>The authority behind the tests of the core and the server.</summary>
public sealed class SoftwareAuthorityContractTests : GrantAuthorityContract
{
    protected override IGrantAuthority Authority { get; } = new SoftwareAuthority();

    protected override IReadOnlyList<Curve> Curves => [Curve.Secp256k1];
}
