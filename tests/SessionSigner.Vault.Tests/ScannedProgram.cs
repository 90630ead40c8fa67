using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Vault.Tests;

/// <summary>The process that is scanned. It does what one line of standard input asks, and answers with one line.</summary>
internal static unsafe partial class ScannedProgram
{
    private static readonly List<object> Planted = [];
    private static volatile bool s_signing;
    private static int s_standing;
    private static long s_signed;

    public static int Main(string[] args)
    {
        if (args is not ["scanned", ..])
        {
            return 0; // started by the test runner, which loads the assembly itself
        }
        if (args.Contains("without-memfd-secret"))
        {
            Seccomp.RefuseMemfdSecret();
        }
        if (args.Contains("with-little-locked-memory"))
        {
            LeaveLittleLockedMemory();
            RefuseManyTimes();
        }
        try
        {
            using var vault = LockedVault.Create(
                new VaultOptions { Capacity = 256, AllowDegradedMemory = args.Contains("allow-degraded") }
            );
            // What the hardening forbids is allowed again, so that the scan sees all that it could ever see.
            _ = prctl(4, 1, 0, 0, 0);
            Serve(vault);
        }
        catch (VaultUnavailableException exception)
        {
            Answer("unavailable " + exception.Message);
        }
        return 0;
    }

    private static void Serve(LockedVault vault)
    {
        Answer(vault.State.ToString());
        ISessionKey? key = null;
        while (Console.In.ReadLine() is { } command)
        {
            switch (command.Split(' '))
            {
                case ["generate"]:
                    key = vault.Generate();
                    Answer(Convert.ToHexStringLower(key.PublicKey.Compressed.Span));
                    break;
                case ["sign", var count]:
                    Answer(Sign(key!, int.Parse(count, CultureInfo.InvariantCulture)));
                    break;
                case ["sign-on"]:
                    Answer(SignOn(key!));
                    break;
                case ["sign-off"]:
                    Answer(SignOff());
                    break;
                case ["secret-memory"]:
                    WriteSecretMemory();
                    break;
                case ["plant", var hex]:
                    Plant(Convert.FromHexString(hex));
                    Answer("planted");
                    break;
                case ["close"]:
                    key!.Dispose();
                    Answer("closed");
                    break;
                case ["dispose"]:
                    vault.Dispose();
                    Answer("disposed");
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>
    /// Signs on several threads and answers each one's last digest and signature. The threads then stand still in pause(2), entered straight
    /// after the last signature, so that the scan sees their stacks as signing left them.
    /// </summary>
    private static string Sign(ISessionKey key, int count)
    {
        const int Threads = 4;
        var digests = new Hash32[Threads];
        var signatures = GC.AllocateArray<byte>(Threads * 65, pinned: true);
        var standing = 0;
        for (var index = 0; index < Threads; index++)
        {
            var own = index;
            new Thread(() =>
            {
                var first = BitConverter.GetBytes(own);
                for (var i = 0; i < count; i++)
                {
                    digests[own] = Keccak256.Hash([.. first, .. BitConverter.GetBytes(i)]);
                }
                for (var i = 0; i < count; i++)
                {
                    key.TrySign(in digests[own], signatures.AsSpan(own * 65, 65));
                }
                Interlocked.Increment(ref standing);
                _ = pause();
            })
            {
                IsBackground = true,
            }.Start();
        }
        SpinWait.SpinUntil(() => Volatile.Read(ref standing) == Threads);
        return string.Join(
            ' ',
            Enumerable
                .Range(0, Threads)
                .SelectMany(own => new[] { digests[own].ToString()[2..], Convert.ToHexStringLower(signatures.AsSpan(own * 65, 65)) })
        );
    }

    /// <summary>Signs the same digest without a pause on two threads, and answers it and its signature.</summary>
    private static string SignOn(ISessionKey key)
    {
        s_signing = true;
        var signed = Keccak256.Hash("without a pause"u8);
        var expected = new byte[65];
        key.TrySign(in signed, expected);
        for (var index = 0; index < 2; index++)
        {
            var thread = new Thread(() =>
            {
                var signature65 = new byte[65];
                while (s_signing)
                {
                    key.TrySign(in signed, signature65);
                    Interlocked.Increment(ref s_signed);
                }
                Interlocked.Increment(ref s_standing);
                _ = pause();
            })
            {
                IsBackground = true,
            };
            thread.Start();
        }
        return $"{signed.ToString()[2..]} {Convert.ToHexStringLower(expected)}";
    }

    private static string SignOff()
    {
        s_signing = false;
        SpinWait.SpinUntil(() => Volatile.Read(ref s_standing) == 2);
        return s_signed.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Copies the secret memory to the reader with write(2) straight from the mappings: this process never holds the bytes elsewhere.
    /// One line with the lengths goes first.
    /// </summary>
    private static void WriteSecretMemory()
    {
        var ranges = File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains("secretmem", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0].Split('-'))
            .Select(range => (Start: Parse(range[0]), End: Parse(range[1])))
            .ToList();
        Answer(string.Join(' ', ranges.Select(range => range.End - range.Start)));
        foreach (var (start, end) in ranges)
        {
            for (var next = start; next < end; )
            {
                next += (nuint)write(1, (void*)next, end - next);
            }
        }

        static nuint Parse(string hex) => nuint.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static void Plant(byte[] control)
    {
        // The command line itself is a control for one encoding; these are for all.
        Planted.AddRange(Needles.Of(control).Select(needle => GC.AllocateArray<byte>(needle.Bytes.Length, pinned: true)));
        foreach (var (array, needle) in Planted.Cast<byte[]>().Zip(Needles.Of(control)))
        {
            needle.Bytes.CopyTo(array, 0);
        }
    }

    private static void LeaveLittleLockedMemory()
    {
        // Everything the next call needs is loaded before the thread gives its rights away.
        LockedVault.Create(new VaultOptions { Capacity = 1 }).Dispose();
        var limit = stackalloc ulong[2] { 4096, 4096 };
        _ = setrlimit(8, limit);
        const long SetResUid = 117;
        const long SetResUidArm = 147;
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SetResUidArm : SetResUid;
        _ = syscall(number, 65534, 65534, 65534); // root may lock any amount
    }

    /// <summary>
    /// Refusals beside a thread that maps memory of the same size and uses it. Were what a refused mapping leaves given back to the kernel a second time,
    /// that thread would soon find its memory gone, and the process would die.
    /// </summary>
    private static void RefuseManyTimes()
    {
        const int Length = 16 * 1024;
        var done = false;
        var other = new Thread(() =>
        {
            var mapped = new List<nint>();
            while (!Volatile.Read(ref done) && mapped.Count < 20_000)
            {
                mapped.Add((nint)mmap(null, Length, 3, 0x22, -1, 0)); // readable and writable, private and anonymous
            }
            mapped.ForEach(memory => *(byte*)memory = 1);
            mapped.ForEach(memory => _ = munmap((void*)memory, Length));
        });
        other.Start();
        for (var i = 0; i < 200; i++)
        {
            try
            {
                LockedVault.Create(new VaultOptions { Capacity = 256 }).Dispose();
            }
            catch (VaultUnavailableException) { }
        }
        Volatile.Write(ref done, true);
        other.Join();
    }

    private static void Answer(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        fixed (byte* first = bytes)
        {
            _ = write(1, first, (nuint)bytes.Length);
        }
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int pause();

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, ulong* limit);

    [LibraryImport("libc")]
    private static partial long syscall(long number, long a, long b, long c);
}
