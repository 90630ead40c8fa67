namespace SessionSigner.Pkcs11.Tests;

/// <summary>A module that somebody else could replace, or that writes down PINs, is not loaded.</summary>
[Collection(TokenCollection.Name)]
public class ModuleFileTests(SoftHsm softHsm)
{
    [Theory]
    [InlineData("libsofthsm2.so")]
    [InlineData("/nonexistent/module.so")]
    [InlineData("/etc/hostname")]
    public void What_is_no_module_is_refused(string path) => Assert.Equal(TokenFault.Module, Fault(path));

    [Fact]
    public void A_library_without_Cryptoki_is_refused() =>
        Assert.Equal(
            TokenFault.Module,
            Fault(typeof(object).Assembly.Location.Replace("System.Private.CoreLib.dll", "libclrjit.so", StringComparison.Ordinal))
        );

    [Theory]
    [InlineData((UnixFileMode)0b110_110_100, (UnixFileMode)0b111_101_101, 65534u)]
    [InlineData((UnixFileMode)0b110_100_110, (UnixFileMode)0b111_101_101, 0u)]
    [InlineData((UnixFileMode)0b110_100_100, (UnixFileMode)0b111_101_111, 0u)]
    public void A_module_that_others_may_write_is_refused(UnixFileMode file, UnixFileMode folder, uint group)
    {
        var directory = softHsm.File_("modules");
        Directory.CreateDirectory(directory);
        var module = Path.Combine(directory, "module.so");
        File.Copy(SoftHsm.Module, module, overwrite: true);
        File.SetUnixFileMode(module, file);
        File.SetUnixFileMode(directory, folder);
        var status = FileStatus.Read(module)!.Value with { Group = group };
        if (group != 0)
        {
            Assert.False(status.IsSafeFromOthers);
            return;
        }
        Assert.Equal(TokenFault.Module, Fault(module));
    }

    [Fact]
    public void A_spy_is_refused_also_behind_a_link()
    {
        var directory = softHsm.File_("spies");
        Directory.CreateDirectory(directory, (UnixFileMode)0b111_000_000);
        var spy = Path.Combine(directory, "pkcs11-spy.so");
        File.Copy(SoftHsm.Module, spy, overwrite: true);
        var link = Path.Combine(directory, "innocent.so");
        File.CreateSymbolicLink(link, spy);
        Assert.Contains("spy module", Assert.Throws<TokenException>(() => TokenInitializer.List(spy)).Message, StringComparison.Ordinal);
        Assert.Contains("spy module", Assert.Throws<TokenException>(() => TokenInitializer.List(link)).Message, StringComparison.Ordinal);
    }

    private static TokenFault Fault(string path) => Assert.Throws<TokenException>(() => TokenInitializer.List(path)).Fault;
}
