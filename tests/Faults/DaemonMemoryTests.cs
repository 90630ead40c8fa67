using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Conformance;
using Grpc.Core;
using SessionSigner.Ethereum;
using SessionSigner.Vault.Tests;

namespace Faults;

/// <summary>The session keys of a whole daemon under load, looked for from outside.</summary>
public sealed class DaemonMemoryTests(SmallDaemonFixture daemon) : IClassFixture<SmallDaemonFixture>
{
    private const int SlotBytes = 64;
    private const int Clients = 16;
    private const int Signatures = 50;

    private int _signed;

    [Fact]
    public async Task A_session_key_is_nowhere_but_in_the_vault_while_its_session_signs_and_nowhere_once_closed()
    {
        var opened = (await daemon.Alice.OpenAsync("bots")).Session;
        var process = daemon.ProcessId;
        var needles = Needles.Of(FindKey(ReadSecretMemory(process), opened.PublicKey.ToByteArray()));

        var signing = SignAsync(opened.SessionId);
        var rounds = 0;
        while (!signing.IsCompleted)
        {
            Assert.Empty(MemoryScan.StoppedMemory(process, needles));
            rounds++;
        }
        await signing;
        Assert.True(rounds > 1);

        signing = SignAsync(opened.SessionId);
        Assert.Empty(MemoryScan.CoreImage(process, needles));
        await signing;

        var (found, unreadable) = MemoryScan.Memory(process, needles);
        Assert.Empty(found);
        Assert.Contains(unreadable, name => name.Contains("secretmem", StringComparison.Ordinal));
        Assert.Empty(MemoryScan.CoreImage(process, needles));

        await daemon.Alice.CloseAsync(opened.SessionId);
        var memory = ReadSecretMemory(process);
        Assert.All(needles, needle => Assert.Equal(-1, memory.AsSpan().IndexOf(needle.Bytes)));
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

    private async Task SignAsync(string session)
    {
        _signed = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < Signatures; i++)
                        {
                            await SignOnceAsync(session, (client * Signatures) + i);
                        }
                    })
                )
        );
        Assert.True(_signed > 0, "nothing was signed: the scan proves nothing");
    }

    // A scan keeps the daemon standing for longer than a call may take.
    private async Task SignOnceAsync(string session, int nonce)
    {
        try
        {
            await daemon.Alice.SignAsync(session, new Transfer { Nonce = nonce });
            Interlocked.Increment(ref _signed);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.DeadlineExceeded) { }
    }

    /// <summary>
    /// The vault's memory, slots and stacks, which nobody can read from outside: a debugger makes the daemon write it itself, as only root can. What
    /// comes out tells this test which key to look for.
    /// </summary>
    private static byte[] ReadSecretMemory(int process)
    {
        var folder = Directory.CreateTempSubdirectory("vault-memory-");
        try
        {
            var file = Path.Combine(folder.FullName, "memory");
            var writes = File.ReadLines($"/proc/{process}/maps")
                .Where(line => line.Contains("secretmem", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[0].Split('-'))
                .Select(range => range.Select(end => long.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray())
                .SelectMany(range =>
                    Execute($"print ((long (*)(int, void *, long))write)($file, (void *)0x{range[0]:x}, {range[1] - range[0]})")
                );
            using var gdb = Process.Start(
                new ProcessStartInfo(
                    "gdb",
                    [
                        "-batch",
                        "-p",
                        $"{process}",
                        .. Execute($"set $file = ((int (*)(const char *, int, int))open)(\"{file}\", 0101, 0600)"),
                        .. writes,
                        .. Execute("print ((int (*)(int))close)($file)"),
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

        static string[] Execute(string command) => ["-ex", command];
    }

    private static byte[] FindKey(byte[] memory, byte[] publicKey33)
    {
        var compressed33 = new byte[33];
        return memory
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
