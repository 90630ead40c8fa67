using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads the members that say for what a user operation is signed, wherever a document has them.</summary>
public static class UserOperationSigning
{
    private static readonly Dictionary<string, EntryPointVersion> s_versions = new(StringComparer.Ordinal)
    {
        ["0.6"] = EntryPointVersion.V06,
        ["0.7"] = EntryPointVersion.V07,
        ["0.8"] = EntryPointVersion.V08,
        ["0.9"] = EntryPointVersion.V09,
    };
    private static readonly Dictionary<string, UserOperationForm> s_forms = new(StringComparer.Ordinal)
    {
        ["hash"] = UserOperationForm.Hash,
        ["personal_message"] = UserOperationForm.PersonalMessage,
    };

    /// <summary>The version as documents write it, for example "0.7"; empty for none.</summary>
    public static string TextOf(EntryPointVersion version) => s_versions.FirstOrDefault(pair => pair.Value == version).Key ?? "";

    /// <summary>The form as documents write it, for example "hash"; empty for none.</summary>
    public static string TextOf(UserOperationForm form) => s_forms.FirstOrDefault(pair => pair.Value == form).Key ?? "";

    /// <summary>Reads "entry_point", an object with "address" and "version".</summary>
    /// <param name="reader">The object that has it; receives what is wrong.</param>
    public static (Address Address, EntryPointVersion Version) ReadEntryPoint(ObjectReader reader)
    {
        var entryPoint = ObjectReader.Open(reader.Required("entry_point"), reader.PathOf("entry_point"), reader.Faults);
        var address = entryPoint.Address("address");
        var version = entryPoint.Text("version", s_versions.ContainsKey, "Must be \"0.6\", \"0.7\", \"0.8\" or \"0.9\".");
        entryPoint.RefuseUnknown();
        return (address, s_versions.GetValueOrDefault(version));
    }

    /// <summary>Reads "signature_form".</summary>
    /// <param name="reader">The object that has it; receives what is wrong.</param>
    public static UserOperationForm ReadForm(ObjectReader reader) =>
        s_forms.GetValueOrDefault(reader.Text("signature_form", s_forms.ContainsKey, "Must be \"hash\" or \"personal_message\"."));
}
