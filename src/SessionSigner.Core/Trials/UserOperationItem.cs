using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Reads a user operation of a case or of kept payloads into the body of a request. Whether the operation can be decoded is not decided here.</summary>
internal static class UserOperationItem
{
    /// <summary>Reads <c>{"chain":…,"entry_point":{"address":…,"version":…},"signature_form":…,"json":{…}}</c>.</summary>
    /// <param name="item">The object.</param>
    /// <param name="path">Its path.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <param name="chain">The chain if the object names none; null if it must.</param>
    /// <returns>The body; empty if anything is wrong.</returns>
    public static byte[] Read(JsonItem item, string path, FaultList faults, UInt256? chain = null)
    {
        var before = faults.Count;
        var reader = ObjectReader.Open(item, path, faults);
        var (address, version) = UserOperationSigning.ReadEntryPoint(reader);
        var form = UserOperationSigning.ReadForm(reader);
        if (chain is null || reader.Has("chain"))
        {
            chain = Parsing.ChainId(reader.Required("chain"), reader.PathOf("chain"), faults);
        }
        var operation = reader.Required("json");
        if (operation is not null and not JsonItem.Object)
        {
            faults.Add(reader.PathOf("json"), "Must be an object as eth_sendUserOperation takes it, without signature.");
        }
        reader.RefuseUnknown();
        return faults.Count == before && operation is not null && chain is { } id
            ? new UserOperationRequest(version, address, id, form, CanonicalJson.WriteUtf8(operation)).ToBody().ToArray()
            : [];
    }
}
