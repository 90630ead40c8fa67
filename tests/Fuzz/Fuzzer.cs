using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Fuzz;

/// <summary>
/// Reads one input and holds what was read to its promises. Null if it was accepted, else the refusal's text. Whatever it throws is a finding.
/// </summary>
internal delegate string? Reading(byte[] input);

/// <summary>
/// Mutates a corpus and has a parser read every mutant. A mutant that is refused in a way not seen before, or accepted, joins the corpus. By default a fixed
/// number of mutants of a fixed seed; FUZZ_SECONDS runs each target for so long, FUZZ_SEED takes another seed.
/// </summary>
internal sealed partial class Fuzzer(string name, IReadOnlyList<byte[]> corpus, Reading read, ITestOutputHelper output)
{
    private const int PoolMax = 1_024;
    private const int RefusalLengthMax = 64 * 1024;
    private const int ReductionsMax = 2_000;

    // Smaller than a thread of the daemon has, so that recursion without a bound is found early.
    private const int StackBytes = 512 * 1024;

    private static readonly TimeSpan s_inputTimeMax = TimeSpan.FromSeconds(10);
    private static readonly int s_seed = Setting("FUZZ_SEED") ?? 1;
    private static readonly TimeSpan? s_time = Setting("FUZZ_SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private readonly Mutator _mutator = new(
        new Random(BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{s_seed} {name}"))))
    );
    private readonly List<byte[]> _pool = [.. corpus];
    private readonly HashSet<string> _refusals = [];
    private byte[] _input = [];
    private int _count;
    private int _accepted;
    private TimeSpan _slowest;
    private long _startedAt = Stopwatch.GetTimestamp();
    private string? _failure;

    /// <summary>Bytes that reading, and writing again, may allocate whatever the input, and for each byte of it.</summary>
    public (long Base, long PerByte) AllocationMax { get; init; } = (1 << 20, 256);

    /// <summary>Mutants that are read by default.</summary>
    public int Mutants { get; init; } = 1_500;

    /// <summary>Runs, and fails with the seed and the smallest input found to fail.</summary>
    public void Run()
    {
        var thread = new Thread(Loop, StackBytes) { IsBackground = true };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(100)))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt)) > s_inputTimeMax)
            {
                Assert.Fail(Finding($"Not read within {s_inputTimeMax.TotalSeconds} s.", _input));
            }
        }
        output.WriteLine(
            $"{name}: {_count} inputs, {_accepted} accepted, {_refusals.Count} kinds of refusal, slowest {_slowest.TotalMilliseconds:F0} ms, seed {s_seed}"
        );
        Assert.True(_failure is null, _failure);
        Assert.True(_accepted > 0 && _refusals.Count > 0, $"{name}: a corpus must lead to both answers.");
    }

    private static int? Setting(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text) : null;

    private void Loop()
    {
        var clock = Stopwatch.StartNew();
        foreach (var seed in corpus)
        {
            if (!Take(seed, isMutant: false))
            {
                return;
            }
        }
        while (s_time is { } time ? clock.Elapsed < time : _count < Mutants)
        {
            if (!Take(_mutator.Mutate(_pool), isMutant: true))
            {
                return;
            }
        }
    }

    private bool Take(byte[] input, bool isMutant)
    {
        _input = input;
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        _count++;
        string? refusal;
        try
        {
            refusal = Read(input);
        }
        catch (Exception exception)
        {
            _failure = Finding(exception.ToString(), Reduce(input, exception.GetType()));
            return false;
        }
        var time = Stopwatch.GetElapsedTime(_startedAt);
        _slowest = time > _slowest ? time : _slowest;
        _accepted += refusal is null ? 1 : 0;
        var isNew = refusal is null ? _count % 8 == 0 : _refusals.Add(Kind(refusal));
        if (isMutant && isNew)
        {
            Keep(input);
        }
        return true;
    }

    // Numbers and what is quoted of the input make no difference.
    private static string Kind(string refusal) => Particulars().Replace(refusal.Length > 200 ? refusal[..200] : refusal, "0");

    private string? Read(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = read(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocationMax.Base + (AllocationMax.PerByte * input.Length))
        {
            throw new InvalidOperationException($"{allocated} bytes allocated for {input.Length}.");
        }
        if (refusal is { Length: 0 or > RefusalLengthMax })
        {
            throw new InvalidOperationException($"A refusal of {refusal.Length} characters.");
        }
        return refusal;
    }

    // The corpus itself stays.
    private void Keep(byte[] input)
    {
        if (_pool.Count < PoolMax + corpus.Count)
        {
            _pool.Add(input);
            return;
        }
        _pool[corpus.Count + (_count % PoolMax)] = input;
    }

    // Takes pieces out, large ones first, as long as what is left fails in the same way.
    private byte[] Reduce(byte[] input, Type failure)
    {
        var tries = 0;
        for (var size = input.Length / 2; size > 0 && tries < ReductionsMax; size /= 2)
        {
            for (var start = 0; start + size <= input.Length && tries < ReductionsMax; tries++)
            {
                byte[] shorter = [.. input.AsSpan(0, start), .. input.AsSpan(start + size)];
                Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
                if (Fails(shorter, failure))
                {
                    input = shorter;
                }
                else
                {
                    start += size;
                }
            }
        }
        return input;
    }

    private bool Fails(byte[] input, Type failure)
    {
        try
        {
            _ = Read(input);
            return false;
        }
        catch (Exception exception)
        {
            return exception.GetType() == failure;
        }
    }

    private string Finding(string what, byte[] input) =>
        $"{name}: {what}\nFUZZ_SEED={s_seed}, input {_count}; smallest input that fails ({input.Length} bytes): {Convert.ToHexStringLower(input)}";

    [GeneratedRegex("\"[^\"]*\"?|[0-9]+")]
    private static partial Regex Particulars();
}
