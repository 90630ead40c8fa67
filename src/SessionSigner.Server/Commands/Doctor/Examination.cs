namespace SessionSigner.Server;

/// <summary>The checks of doctor. They write nothing but what opening the journal and logging in to the token writes.</summary>
internal sealed class Examination(DaemonOptions options, TimeProvider clock)
{
    /// <summary>All findings.</summary>
    public IReadOnlyList<Finding> Run()
    {
        // First, because the clock is held against its last entry and the address against its owner.
        var journal = JournalExamination.Run(options.Journal, clock);
        return
        [
            ProcessExamination.Run(),
            MemoryExamination.Run(options.Vault),
            ClockExamination.Run(clock.GetUtcNow(), journal.LastEntry, ClockNative.Read()),
            .. CertificateExamination.Run(options.Tls, clock.GetUtcNow()),
            journal.Finding,
            .. AddressExamination.Run(options.Listen.Addresses, journal.IsInUse),
            .. DiskExamination.Run(options.Journal),
            .. PolicyExamination.Run(options),
            // Last, because a module that misbehaves may take the process with it.
            .. TokenExamination.Run(options, clock),
        ];
    }
}
