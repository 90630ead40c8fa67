using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>What the daemon stands on: token, protected memory, journal.</summary>
internal sealed record DaemonPorts(IGrantAuthority Authority, IVault Vault, IJournal Journal);
