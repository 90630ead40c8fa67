using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Conformance;
using SessionSigner.Ethereum;
using SessionSigner.Vault.Tests;

namespace Faults;

/// <summary>The session keys of a whole daemon under load, looked for from outside.</summary>
public sealed class DaemonMemoryTests(SmallDaemonFixture daemon) : IClassFixture<SmallDaemonFixture>
{
    private const int SlotBytes = 64;
    private const int Clients = 16;
    private const int Signatures = 50;

    /// <summary>
    /// Scanned between signatures: while one is being made, the key is in registers and on the signing thread's stack for some microseconds,
    /// as it is in any library.
    /// </summary>
    [Fact]
    public async Task A_session_key_is_nowhere_but_in_the_vault_while_its_session_is_open_and_nowhere_once_closed()
    {
        var opened = (await daemon.Alice.OpenAsync("bots")).Session;
        var process = daemon.ProcessId;
        var needles = Needles.Of(FindKey(ReadArena(process), opened.PublicKey.ToByteArray()));

        await SignAsync(opened.SessionId);
        var (found, unreadable) = MemoryScan.Memory(process, needles);
        Assert.Empty(found);
        Assert.Contains(unreadable, name => name.Contains("secretmem", StringComparison.Ordinal));

        await SignAsync(opened.SessionId);
        Assert.Empty(MemoryScan.CoreImage(process, needles));

        await daemon.Alice.CloseAsync(opened.SessionId);
        Assert.Equal(-1, ReadArena(process).AsSpan().IndexOf(needles[0].Bytes));
        Assert.Empty(MemoryScan.Memory(process, needles).Found);
        Assert.Empty(MemoryScan.CoreImage(process, needles));
    }

    [Fact]
    public async Task A_value_that_is_in_the_daemon_is_found()
    {
        var opened = (await daemon.Alice.OpenAsync("bots")).Session;
        Needle[] control = [new("session id", System.Text.Encoding.Unicode.GetBytes(opened.SessionId))];

        Assert.NotEmpty(MemoryScan.Memory(daemon.ProcessId, control).Found);
        Assert.NotEmpty(MemoryScan.CoreImage(daemon.ProcessId, control));
    }

    private async Task SignAsync(string session) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < Signatures; i++)
                        {
                            await daemon.Alice.SignAsync(session, new Transfer { Nonce = (client * Signatures) + i });
                        }
                    })
                )
        );

    /// <summary>
    /// The vault's memory, which nobody can read from outside: a debugger makes the daemon write it itself, as only root can. What comes out
    /// tells this test which key to look for.
    /// </summary>
    private static byte[] ReadArena(int process)
    {
        var line = File.ReadLines($"/proc/{process}/maps").Single(l => l.Contains("secretmem", StringComparison.Ordinal));
        var range = line.Split(' ')[0]
            .Split('-')
            .Select(a => long.Parse(a, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToArray();
        var folder = Directory.CreateTempSubdirectory("vault-arena-");
        try
        {
            var file = Path.Combine(folder.FullName, "arena");
            using var gdb = Process.Start(
                new ProcessStartInfo(
                    "gdb",
                    [
                        "-batch",
                        "-p",
                        $"{process}",
                        "-ex",
                        $"set $file = ((int (*)(const char *, int, int))open)(\"{file}\", 0101, 0600)",
                        "-ex",
                        $"print ((long (*)(int, void *, long))write)($file, (void *)0x{range[0]:x}, {range[1] - range[0]})",
                        "-ex",
                        "print ((int (*)(int))close)($file)",
                    ]
                )
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = gdb.StandardError.ReadToEndAsync();
            var output = gdb.StandardOutput.ReadToEnd();
            gdb.WaitForExit();
            Assert.True(File.Exists(file), $"gdb: {output} {errors.GetAwaiter().GetResult()}");
            return File.ReadAllBytes(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] FindKey(byte[] arena, byte[] publicKey33)
    {
        var compressed33 = new byte[33];
        return arena
            .Chunk(SlotBytes)
            .Select(slot => slot[..32])
            .Single(scalar => Secp256k1.TryCreatePublicKey(scalar, compressed33) && compressed33.AsSpan().SequenceEqual(publicKey33));
    }
}

/// <summary>A daemon with a small heap and no second mapping of code, whose core image is not the size of its address space.</summary>
public sealed class SmallDaemonFixture : DaemonFixture
{
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x8000000", ["DOTNET_EnableWriteXorExecute"] = "0" };
}
