namespace SessionSigner.Server;

/// <summary>Reads the policies that the configuration pins; a file whose content has another digest is a fault that names both.</summary>
internal sealed class PolicyPinsReader(string folder)
{
    /// <summary>Reads all.</summary>
    public IReadOnlyList<PolicyPin> Read(IReadOnlyList<ConfigurationSection> sections)
    {
        var pins = new List<PolicyPin>();
        foreach (var section in sections)
        {
            var path = section.Text("file", 4096);
            var digest = section.Text("digest");
            section.RefuseUnknown();
            if (path.Length > 0 && Read(section, Path.GetFullPath(path, folder), digest) is { } pin)
            {
                if (pins.Exists(other => other.Policy.Name == pin.Policy.Name))
                {
                    section.AddFault("file", $"a policy named \"{pin.Policy.Name}\" is already in force");
                }
                pins.Add(pin);
            }
        }
        return pins;
    }

    private static PolicyPin? Read(ConfigurationSection section, string file, string digest)
    {
        if (!PolicyFile.TryRead(file, out var policy, out var policyFaults))
        {
            foreach (var fault in policyFaults)
            {
                section.AddFault("file", $"{file}: {fault}");
            }
            return null;
        }
        var actual = policy.Digest.ToString();
        if (digest.Length > 0 && digest != actual)
        {
            section.AddFault("digest", $"{file} has digest {actual}, not {digest}: review the policy, then pin its digest");
        }
        return new PolicyPin(file, policy);
    }
}
