using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace Interop;

/// <summary>What this project makes of a user operation, in the form that the script prints.</summary>
internal static class UserOperationCases
{
    public static JsonObject Read(JsonObject given)
    {
        var (version, chain, entryPoint) = (Text(given, "version"), Text(given, "chain"), Text(given, "entryPoint"));
        Assert.True(UInt256.TryParse(chain, out var chainId), chain);
        Assert.True(Address.TryParseChecksummed(entryPoint, out var address), entryPoint);
        var json = Encoding.UTF8.GetBytes(Text(given, "json"));
        var isRead = UserOperation.TryParse(
            (EntryPointVersion)(version[^1] - '5'),
            address,
            chainId,
            json,
            out var operation,
            out var fault
        );
        Assert.True(isRead, $"{fault}: {given.ToJsonString()}");
        return new JsonObject
        {
            ["kind"] = "user operation",
            ["version"] = version,
            ["entryPoint"] = operation!.EntryPoint.ToString(),
            ["chain"] = operation.ChainId.ToString(),
            ["json"] = Text(given, "json"),
            ["hash"] = operation.Digest(UserOperationForm.Hash).ToString(),
            ["personalMessage"] = operation.Digest(UserOperationForm.PersonalMessage).ToString(),
        };
    }

    private static string Text(JsonObject given, string name) => given[name]!.GetValue<string>();
}
