using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>
/// A SoftHSM of its own: token folder, PINs and state in a temporary folder. Its configuration is found by an environment variable that the module reads
/// when it is initialised, and a process has one environment, so all tests that use it are in one collection.
/// </summary>
public sealed partial class SoftHsm : IDisposable
{
    /// <summary>Where Debian puts the module.</summary>
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";

    /// <summary>The user PIN of every token made here.</summary>
    public const string Pin = "48151623";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("softhsm-");

    public SoftHsm()
    {
        Directory.CreateDirectory(TokenFolder);
        Directory.CreateDirectory(StateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var configuration = File_("softhsm2.conf");
        File.WriteAllText(
            configuration,
            $"directories.tokendir = {TokenFolder}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
        );
        _ = setenv("SOFTHSM2_CONF", configuration, 1);
        PinFile = WritePin("pin", Pin + "\n");
        OfficerPinFile = WritePin("officer-pin", "31415926");
    }

    public string TokenFolder => File_("tokens");

    public string StateFolder => File_("state");

    public string PinFile { get; }

    public string OfficerPinFile { get; }

    public string File_(string name) => Path.Combine(_root.FullName, name);

    public string WritePin(string name, string pin, UnixFileMode mode = UnixFileMode.UserRead)
    {
        var path = File_(name);
        File.Delete(path);
        File.WriteAllText(path, pin);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>A token of this label, made if there is none.</summary>
    public TokenIdentity Token(string label) =>
        TokenInitializer.List(Module).FirstOrDefault(token => token.Label == label)
        ?? TokenInitializer.Initialize(
            new TokenInitializationOptions
            {
                ModulePath = Module,
                Label = label,
                SecurityOfficerPinFile = OfficerPinFile,
                UserPinFile = PinFile,
            }
        );

    public Core.PrimaryKey Generate(string token, string label, Grants.Curve curve, byte[]? id = null) =>
        KeyGenerator.Generate(
            new KeyGenerationOptions
            {
                ModulePath = Module,
                TokenLabel = token,
                PinFile = PinFile,
                StateDirectory = StateFolder,
                Label = label,
                Curve = curve,
                Id = id is null ? null : (ReadOnlyMemory<byte>?)id,
            }
        );

    public Pkcs11Options Options(string token, params string[] keys) =>
        new()
        {
            ModulePath = Module,
            TokenLabel = token,
            PinFile = PinFile,
            StateDirectory = StateFolder,
            AllowSoftwareToken = true,
            Keys = [.. keys.Select(key => new PrimaryKeySelector(key))],
            ProbeInterval = TimeSpan.FromMilliseconds(100),
            RecoveryDelayMax = TimeSpan.FromMilliseconds(500),
        };

    public Pkcs11GrantAuthority Open(string token, params string[] keys) =>
        Pkcs11GrantAuthority.Open(Options(token, keys), TimeProvider.System);

    /// <summary>Runs pkcs11-tool logged in to a token and returns what it prints.</summary>
    public string Pkcs11Tool(string token, params string[] arguments)
    {
        var start = new ProcessStartInfo("pkcs11-tool", ["--module", Module, "--token-label", token, "--login", "--pin", Pin, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOFTHSM2_CONF"] = File_("softhsm2.conf");
        using var tool = Process.Start(start)!;
        var errors = tool.StandardError.ReadToEndAsync();
        var output = tool.StandardOutput.ReadToEnd();
        tool.WaitForExit();
        Assert.True(tool.ExitCode == 0, output + errors.GetAwaiter().GetResult());
        return output;
    }

    public void Dispose() => _root.Delete(recursive: true);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

/// <summary>Tests that use a module: one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class TokenCollection : ICollectionFixture<SoftHsm>
{
    public const string Name = "token";
}
