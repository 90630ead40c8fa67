using SessionSigner.Core;
using SessionSigner.Core.Tests;
using SessionSigner.Vault;

namespace Contracts;

/// <summary>The vault of the daemon.</summary>
public sealed class LockedVaultContractTests : VaultContract, IDisposable
{
    private readonly LockedVault _vault = LockedVault.Create(new VaultOptions { Capacity = Capacity });

    protected override IVault Vault => _vault;

    public void Dispose() => _vault.Dispose();
}

/// <summary>The vault behind the tests of the core and the server.</summary>
public sealed class ManagedVaultContractTests : VaultContract
{
    protected override IVault Vault { get; } = new ManagedVault { Capacity = Capacity };
}
