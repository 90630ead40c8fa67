namespace SessionSigner.Server;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="File">The configuration file.</param>
/// <param name="Line">Line in it, from 1; 0 if the fault has no line.</param>
/// <param name="Path">The option, for example "token.keys[0].label".</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ConfigurationFault(string File, int Line, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}{(Line > 0 ? $":{Line}" : "")}: {(Path.Length == 0 ? "" : Path + ": ")}{Message}";
}

/// <summary>Everything wrong with the configuration, at once.</summary>
internal sealed class ConfigurationException(IReadOnlyList<ConfigurationFault> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>The faults, in the order of the file; at least one.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; } = faults;
}
