using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11;

/// <summary>A session of one worker with the handles of the private keys as this session sees them. Used by one thread; ends at the first unexpected answer.</summary>
internal sealed class TokenSession
{
    private readonly Cryptoki _cryptoki;
    private readonly nuint _session;
    private readonly Dictionary<PublicKey, nuint> _privateKeys = [];

    private TokenSession(Cryptoki cryptoki, TokenLink link)
    {
        _cryptoki = cryptoki;
        Generation = link.Generation;
        _session = cryptoki.OpenSession(link.Slot, readWrite: false);
    }

    public long Generation { get; }

    /// <exception cref="CryptokiException">The token refuses, or no longer shows a key that it had.</exception>
    public static TokenSession Open(Cryptoki cryptoki, TokenLink link, IReadOnlyList<PrimaryKey> keys)
    {
        var session = new TokenSession(cryptoki, link);
        try
        {
            var objects = new KeyObjects(cryptoki, session._session);
            foreach (var key in keys)
            {
                // A token that is gone, or has logged out, finds nothing and says CKR_OK.
                session._privateKeys[key.PublicKey] = objects.Find(ObjectClass.PrivateKey, key.Label, key.KeyId) is [var handle]
                    ? handle
                    : throw new CryptokiException("C_FindObjects (key gone)", ReturnValue.Ok);
            }
            return session;
        }
        catch
        {
            session.Close();
            throw;
        }
    }

    public SignedGrant Sign(UnsignedGrant grant) =>
        GrantSigner.Sign(_cryptoki.Signing, _session, _privateKeys[grant.PrimaryKey], grant.PrimaryKey, grant);

    public void Close() => _cryptoki.CloseSession(_session);
}
