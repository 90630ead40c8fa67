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

    [Theory]
    [InlineData("link in")]
    [InlineData("link through")]
    [InlineData("folder below")]
    public void A_module_on_whose_way_others_may_write_is_refused(string way)
    {
        var root = Directory.CreateDirectory(softHsm.File_("ways " + way), (UnixFileMode)0b111_000_000).FullName;
        var open = Directory.CreateDirectory(Path.Combine(root, "open")).FullName;
        var first = Path.Combine(root, "first.so");
        var second = Path.Combine(open, "second.so");
        var below = Path.Combine(Directory.CreateDirectory(Path.Combine(open, "own")).FullName, "module.so");
        File.CreateSymbolicLink(first, second);
        File.CreateSymbolicLink(second, SoftHsm.Module);
        File.Copy(SoftHsm.Module, below);
        File.SetUnixFileMode(below, (UnixFileMode)0b110_100_100);
        var module = way switch
        {
            "link in" => second,
            "link through" => first,
            _ => below,
        };
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_101);
        var refused = Assert.Throws<TokenException>(() => TokenInitializer.List(module));
        Assert.Equal(TokenFault.Module, refused.Fault);
        Assert.Contains($"{open} can be replaced", refused.Message, StringComparison.Ordinal);

        // The sticky bit keeps others from replacing what is not theirs.
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        Assert.Null(TrustedPath.Follow(module).Fault);
    }

    [Fact]
    public void A_path_is_followed_as_the_kernel_follows_it_and_not_for_ever()
    {
        var root = Directory.CreateDirectory(softHsm.File_("paths"), (UnixFileMode)0b111_000_000).FullName;
        Directory.CreateDirectory(Path.Combine(root, "a", "b"));
        var file = Path.Combine(root, "a", "file");
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(Path.Combine(root, "folder"), "a/./b");
        File.CreateSymbolicLink(Path.Combine(root, "link-0"), "folder/../file");
        for (var i = 0; i < 50; i++)
        {
            File.CreateSymbolicLink(Path.Combine(root, $"link-{i + 1}"), $"link-{i}");
        }

        // By its text alone, folder/../file would be another file, which does not exist.
        Assert.Equal(file, TrustedPath.Follow(Path.Combine(root, "link-0")).Target);
        Assert.Null(TrustedPath.Follow(Path.Combine(root, "link-30")).Fault);
        Assert.Contains("one link too many", TrustedPath.Follow(Path.Combine(root, "link-45")).Fault, StringComparison.Ordinal);
        Assert.Contains("does not exist", TrustedPath.Follow(Path.Combine(root, "none")).Fault, StringComparison.Ordinal);
        Assert.Contains("does not exist", TrustedPath.Follow(Path.Combine(file, "none")).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_owns_a_link_or_a_folder_on_the_way_matters()
    {
        // Root's files are nobody's to mistrust, so as root another user's are made.
        var root = Directory.CreateDirectory(softHsm.File_("owned"), (UnixFileMode)0b111_000_000).FullName;
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "folder")).FullName, "file");
        File.WriteAllText(file, "");
        var link = Path.Combine(root, "link");
        File.CreateSymbolicLink(link, file);
        var user = FileStatus.EffectiveUser;
        if (user == 0)
        {
            using var chown = System.Diagnostics.Process.Start("chown", ["-h", "65534", link]);
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
            Assert.StartsWith($"{link} is owned by another user", TrustedPath.Follow(link).Fault, StringComparison.Ordinal);
            user = 65534;
        }
        Assert.Null(TrustedPath.Follow(link, user).Fault);
        Assert.Contains("owned by another user", TrustedPath.Follow(link, user + 1).Fault, StringComparison.Ordinal);
    }

    private static TokenFault Fault(string path) => Assert.Throws<TokenException>(() => TokenInitializer.List(path)).Fault;
}
