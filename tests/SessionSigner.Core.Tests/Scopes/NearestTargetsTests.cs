using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>What a refusal names instead: what holds on the chain and what holds on every chain, each once.</summary>
public class NearestTargetsTests
{
    private static readonly UInt256 s_any = UInt256.Zero;

    [Fact]
    public void What_holds_on_a_chain_and_on_every_chain_is_told_together()
    {
        var nearest = new NearestTargets(
            s_any,
            [(1, At(1), 7, "f()"), (s_any, At(2), 7, "f()"), (s_any, At(1), 8, "g()"), (2, At(3), 7, "f()"), (1, At(2), 7, "f()")]
        );
        Assert.Equal($"{At(1)}, {At(2)}", nearest.Find(1));
        Assert.Equal($"{At(1)}, {At(2)}, {At(3)}", nearest.Find(2));
        Assert.Equal($"{At(1)}, {At(2)}", nearest.Find(9));
        Assert.Equal($"f() at {At(1)}, {At(2)}", nearest.Find(1, 7));
        Assert.Equal($"f() at {At(2)}, {At(3)}", nearest.Find(2, 7));
        Assert.Equal($"f() at {At(2)}", nearest.Find(9, 7));
        Assert.Equal($"g() at {At(1)}", nearest.Find(1, 8));
        Assert.Equal($"{At(1)}, {At(2)}", nearest.Find(1, 6));
        Assert.Equal("", new NearestTargets(s_any, [(1, At(1), 7, "f()")]).Find(2));
    }

    [Fact]
    public void A_few_are_named_and_the_rest_counted()
    {
        var nearest = new NearestTargets(s_any, Enumerable.Range(1, 10).Select(i => (UInt256.One, At(i), 7UL, "f()")));
        Assert.EndsWith(", and 6 more", nearest.Find(1), StringComparison.Ordinal);
        Assert.StartsWith($"{At(1)}, {At(2)}, {At(3)}, {At(4)}, and", nearest.Find(1), StringComparison.Ordinal);
    }

    private static Address At(int number) => new([.. new byte[19], (byte)number]);
}
