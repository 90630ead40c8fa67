using Microsoft.Extensions.Diagnostics.HealthChecks;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>Healthy while the token of at least one primary key answers.</summary>
internal sealed class TokenHealthCheck(IGrantAuthority authority) : IHealthCheck
{
    /// <summary>Name and tag of the check.</summary>
    public const string Name = "token";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            authority.PrimaryKeys.Any(authority.IsAvailable)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("No token answers.")
        );
}

/// <summary>Healthy while the journal can be written.</summary>
internal sealed class JournalHealthCheck(IJournal journal) : IHealthCheck
{
    /// <summary>Name and tag of the check.</summary>
    public const string Name = "journal";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(journal.IsWritable ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The journal cannot be written."));
}
