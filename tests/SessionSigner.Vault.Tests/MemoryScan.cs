using System.Diagnostics;
using System.Globalization;

namespace SessionSigner.Vault.Tests;

/// <summary>Looks for needles in the memory of another process, through /proc/PID/mem and in a core image by gcore.</summary>
internal static class MemoryScan
{
    private const int ChunkSize = 1 << 20;
    private const int Overlap = 256;

    /// <returns>Encodings found, with repeats; and the names of the mappings that could not be read.</returns>
    public static (IReadOnlyList<string> Found, IReadOnlyList<string> Unreadable) Memory(int process, IReadOnlyList<Needle> needles)
    {
        var found = new List<string>();
        var unreadable = new List<string>();
        using var memory = File.OpenHandle($"/proc/{process}/mem");
        foreach (var line in File.ReadLines($"/proc/{process}/maps"))
        {
            var fields = line.Split(' ', 6);
            if (fields[1][0] != 'r')
            {
                continue;
            }
            var range = fields[0].Split('-').Select(f => long.Parse(f, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            try
            {
                Search((buffer, offset) => RandomAccess.Read(memory, buffer, range[0] + offset), range[1] - range[0], needles, found);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(fields[^1].Trim());
            }
        }
        return (found, unreadable);
    }

    /// <summary>The same as <see cref="Memory"/> with the process stopped at a moment it does not choose.</summary>
    public static IReadOnlyList<string> StoppedMemory(int process, IReadOnlyList<Needle> needles)
    {
        Signal(process, "STOP");
        try
        {
            return Memory(process, needles).Found;
        }
        finally
        {
            Signal(process, "CONT");
        }
    }

    /// <summary>The same in what gcore -a writes: every mapping, also those that asked not to be dumped.</summary>
    public static IReadOnlyList<string> CoreImage(int process, IReadOnlyList<Needle> needles)
    {
        var folder = Directory.CreateTempSubdirectory("vault-scan-");
        try
        {
            using var gcore = Process.Start(
                new ProcessStartInfo("gcore", ["-a", "-o", Path.Combine(folder.FullName, "core"), $"{process}"])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = gcore.StandardError.ReadToEndAsync();
            var output = gcore.StandardOutput.ReadToEnd();
            gcore.WaitForExit();
            var image = folder.EnumerateFiles().SingleOrDefault();
            Assert.True(image is { Length: > 1 << 20 }, $"gcore wrote no image: {output} {errors.GetAwaiter().GetResult()}");
            var found = new List<string>();
            using var file = File.OpenHandle(image.FullName);
            Search((buffer, offset) => RandomAccess.Read(file, buffer, offset), image.Length, needles, found);
            return found;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{process}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private delegate int ReadAt(Span<byte> buffer, long offset);

    private static void Search(ReadAt read, long length, IReadOnlyList<Needle> needles, List<string> found)
    {
        var buffer = new byte[ChunkSize];
        for (long offset = 0; offset < length; offset += ChunkSize - Overlap)
        {
            var count = read(buffer.AsSpan(0, (int)Math.Min(ChunkSize, length - offset)), offset);
            // Most of an address space is reserved and empty.
            foreach (var needle in buffer.AsSpan(0, count).ContainsAnyExcept((byte)0) ? needles : [])
            {
                if (buffer.AsSpan(0, count).IndexOf(needle.Bytes) >= 0)
                {
                    found.Add(needle.Encoding);
                }
            }
            if (count < ChunkSize)
            {
                break;
            }
        }
    }
}
