using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class DebitBufferTests
{
    [Fact]
    public void Amounts_of_a_budget_add_up_until_they_overflow()
    {
        var debits = new DebitBuffer();
        Assert.True(debits.TryAdd(3, 1));
        Assert.True(debits.TryAdd(4, 1));
        Assert.True(debits.TryAdd(3, 2));
        Assert.Equal([(3, (UInt256)3), (4, UInt256.One)], debits.Items.ToArray());
        Assert.False(debits.TryAdd(3, UInt256.MaxValue));
    }

    [Fact]
    public void There_is_room_for_so_many_budgets_and_no_more()
    {
        var debits = new DebitBuffer();
        for (var budget = 0; budget < DebitBuffer.CountMax; budget++)
        {
            Assert.True(debits.TryAdd(budget, 1));
        }
        Assert.False(debits.TryAdd(DebitBuffer.CountMax, 1));
        Assert.True(debits.TryAdd(0, 1));
    }

    [Fact]
    public void Of_a_comparison_the_largest_amounts_are_left()
    {
        var debits = new DebitBuffer();
        debits.TryAdd(0, 1);
        debits.BeginComparison();
        Count((0, 5), (1, 2));
        debits.KeepLargest();
        Count((0, 9), (3, 9));
        debits.Discard();
        Count((1, 3), (0, 4), (2, 7));
        debits.KeepLargest();
        debits.EndComparison();
        Assert.Equal([(0, (UInt256)6), (1, (UInt256)3), (2, (UInt256)7)], debits.Items.ToArray());

        void Count(params (int Budget, int Amount)[] amounts) =>
            Assert.All(amounts, one => Assert.True(debits.TryAdd(one.Budget, (UInt256)(ulong)one.Amount)));
    }

    [Fact]
    public void A_comparison_without_a_result_leaves_what_was_there()
    {
        var debits = new DebitBuffer();
        debits.TryAdd(0, 1);
        debits.BeginComparison();
        debits.TryAdd(0, 5);
        debits.TryAdd(1, 5);
        debits.Discard();
        debits.EndComparison();
        Assert.Equal([(0, UInt256.One)], debits.Items.ToArray());
    }
}
