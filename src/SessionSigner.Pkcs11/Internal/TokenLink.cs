namespace SessionSigner.Pkcs11;

/// <summary>A login to a token that holds until the module is initialised anew. Its session does no work: it is held so that the login lasts.</summary>
/// <param name="Generation">Counts logins; handles of another generation mean nothing.</param>
/// <param name="Slot">Where the token is, in this generation.</param>
/// <param name="LoginSession">The held session.</param>
/// <param name="Token">What the token says of itself.</param>
internal sealed record TokenLink(long Generation, nuint Slot, nuint LoginSession, TokenDescription Token);
