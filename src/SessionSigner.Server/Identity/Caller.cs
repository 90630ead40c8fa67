using Grpc.Core;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>Who makes a call and what they may do, as <see cref="AuthorizationInterceptor"/> found it.</summary>
/// <param name="Principal">The identity.</param>
/// <param name="Roles">Its roles.</param>
internal sealed record Caller(Principal Principal, Roles Roles)
{
    private const string Key = "SessionSigner.Caller";

    /// <summary>Auditors and operators read every session, traders their own.</summary>
    public bool MayReadAll => (Roles & (Roles.Auditor | Roles.Operator)) != Roles.None;

    /// <summary>The caller of a call that was authorised.</summary>
    /// <exception cref="SignerException">If it was not.</exception>
    public static Caller Of(ServerCallContext context) =>
        context.UserState.TryGetValue(Key, out var caller) && caller is Caller found
            ? found
            : throw new SignerException(ErrorCode.RoleMissing, "The call was not authorised.");

    /// <summary>Remembers the caller of a call.</summary>
    public void Attach(ServerCallContext context) => context.UserState[Key] = this;
}
