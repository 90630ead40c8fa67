using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SessionSigner.Vault.Tests;

/// <summary>Runs <see cref="ScannedProgram"/> in a process of its own and talks to it.</summary>
internal sealed class ScannedProcess : IDisposable
{
    private const int ArenaBytes = 256 * 64;

    private readonly Process _process;

    public ScannedProcess(params string[] modes)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(ScannedProcess).Assembly.Location, "scanned", .. modes])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // A small heap, and no second mapping of code (2 GiB of address space), make small images.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x4000000";
        _process = Process.Start(start)!;
        Greeting = ReadLine();
    }

    /// <summary>The vault's state, or why there is none.</summary>
    public string Greeting { get; }

    public int Id => _process.Id;

    public string Ask(string command)
    {
        Send(command);
        return ReadLine();
    }

    /// <summary>The scalar whose public key is given, found among the slots of the arena.</summary>
    public byte[] ReadScalar(string publicKeyHex)
    {
        var compressed33 = new byte[33];
        return ReadArena()
            .Chunk(64)
            .Select(slot => slot[..32])
            .Single(scalar =>
                Ethereum.Secp256k1.TryCreatePublicKey(scalar, compressed33) && Convert.ToHexStringLower(compressed33) == publicKeyHex
            );
    }

    /// <summary>The slots of the arena, told from the stacks by their length.</summary>
    public byte[] ReadArena() => ReadSecretMemory().Single(mapping => mapping.Length == ArenaBytes);

    /// <summary>Every mapping of secret memory: the arena and the stacks.</summary>
    public IReadOnlyList<byte[]> ReadSecretMemory()
    {
        var mappings = Ask("secret-memory").Split(' ').Select(length => new byte[int.Parse(length, CultureInfo.InvariantCulture)]).ToList();
        mappings.ForEach(mapping => _process.StandardOutput.BaseStream.ReadExactly(mapping));
        return mappings;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Send(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
    }

    // Byte by byte: the arena follows on the same stream, unframed.
    private string ReadLine()
    {
        var line = new List<byte>();
        int next;
        while ((next = _process.StandardOutput.BaseStream.ReadByte()) is not ('\n' or -1))
        {
            line.Add((byte)next);
        }
        return Encoding.UTF8.GetString([.. line]);
    }
}
