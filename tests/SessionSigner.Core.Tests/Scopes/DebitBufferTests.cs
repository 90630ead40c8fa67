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
    public void What_was_there_earlier_comes_back()
    {
        var debits = new DebitBuffer();
        debits.TryAdd(0, 1);
        var earlier = debits.Items.ToArray();
        debits.TryAdd(0, 5);
        debits.TryAdd(1, 5);
        debits.Reset(earlier);
        Assert.Equal(earlier, debits.Items.ToArray());
    }
}
