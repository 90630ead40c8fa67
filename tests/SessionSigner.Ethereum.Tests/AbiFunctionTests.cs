namespace SessionSigner.Ethereum.Tests;

public class AbiFunctionTests
{
    [Theory]
    [InlineData("transfer(address to, uint256 amount)", "transfer(address,uint256)", 0xa9059cbbU)]
    [InlineData("transfer(address,uint)", "transfer(address,uint256)", 0xa9059cbbU)]
    [InlineData("approve( address spender ,uint256 amount )", "approve(address,uint256)", 0x095ea7b3U)]
    [InlineData("weth()", "weth()", 0x3fc8cef3U)]
    [InlineData("multicall(bytes[] data)", "multicall(bytes[])", 0xac9650d8U)]
    [InlineData(
        "exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 deadline, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params)",
        "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))",
        0x414bf389U
    )]
    [InlineData(
        "aggregate3(tuple(address target, bool allowFailure, bytes callData)[] calls)",
        "aggregate3((address,bool,bytes)[])",
        0x82ad56cbU
    )]
    [InlineData("f(fixed a, ufixed[2] b)", "f(fixed128x18,ufixed128x18[2])", 0x6742c116U)]
    [InlineData("f(fixed8x1 a, ufixed256x80 b)", "f(fixed8x1,ufixed256x80)", 0x920f3363U)]
    [InlineData("on(function callback)", "on(function)", 0x102a80b7U)]
    public void Signatures_and_their_selectors(string signature, string canonical, uint selector)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out var fault), fault);
        Assert.Equal(canonical, function!.CanonicalSignature);
        Assert.Equal(selector, function.Selector);
        Assert.Equal(selector.ToString("x8"), Convert.ToHexStringLower(function.Selector4.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("transfer")]
    [InlineData("transfer(")]
    [InlineData("transfer(address to")]
    [InlineData("transfer(address to,)")]
    [InlineData("transfer(address to) ")]
    [InlineData("(address to)")]
    [InlineData("1transfer(address to)")]
    [InlineData("tr ansfer(address to)")]
    [InlineData("function transfer(address to)")]
    [InlineData("transfer(address to) returns (bool)")]
    [InlineData("transfer(address to, uint256 to)")] // two members of one name
    [InlineData("transfer(address payable to)")]
    [InlineData("transfer(bytes calldata data)")]
    [InlineData("transfer(Address to)")]
    [InlineData("transfer(uint0 a)")]
    [InlineData("transfer(uint7 a)")]
    [InlineData("transfer(uint08 a)")]
    [InlineData("transfer(uint264 a)")]
    [InlineData("transfer(bytes0 a)")]
    [InlineData("transfer(bytes33 a)")]
    [InlineData("transfer(fixed7x1 a)")]
    [InlineData("transfer(fixed0x1 a)")]
    [InlineData("transfer(fixed264x1 a)")]
    [InlineData("transfer(fixed128x0 a)")]
    [InlineData("transfer(fixed128x81 a)")]
    [InlineData("transfer(fixed128x018 a)")]
    [InlineData("transfer(fixed128 a)")]
    [InlineData("transfer(fixed128x a)")]
    [InlineData("transfer(ufixedx18 a)")]
    [InlineData("transfer(ufixed128X18 a)")]
    [InlineData("transfer(ufixed128x18x2 a)")]
    [InlineData("transfer(function24 a)")]
    [InlineData("transfer(uint256[0] a)")]
    [InlineData("transfer(uint256[01] a)")]
    [InlineData("transfer(uint256[-1] a)")]
    [InlineData("transfer(uint256[ a)")]
    [InlineData("transfer(uint256[99999999999] a)")]
    [InlineData("transfer(uint256[65536][65536][65536] a)")]
    [InlineData("transfer(() a)")]
    [InlineData("transfer(\u0430ddress to)")] // a Cyrillic a
    [InlineData("transfer(address to\0)")]
    [InlineData("transfer(address\tto)")]
    public void Anything_else_is_refused(string signature)
    {
        Assert.False(AbiFunction.TryParse(signature, out var function, out var fault));
        Assert.Null(function);
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        Assert.False(AbiFunction.TryParse("f(" + new string('(', 1000) + "bool" + new string(')', 1000) + ")", out _, out var deep));
        Assert.Contains("deeper", deep, StringComparison.Ordinal);
        Assert.False(AbiFunction.TryParse("f(bool" + string.Concat(Enumerable.Repeat("[]", 1000)) + ")", out _, out _));
        Assert.False(AbiFunction.TryParse("f(" + new string(' ', 5000) + ")", out _, out var lengthy));
        Assert.Contains("longer", lengthy, StringComparison.Ordinal);
        Assert.False(AbiFunction.TryParse("f(" + string.Join(',', Enumerable.Repeat("bool", 300)) + ")", out _, out var many));
        Assert.Contains("more than 256", many, StringComparison.Ordinal);
    }

    [Fact]
    public void Static_words_are_found_by_path()
    {
        Assert.True(AbiFunction.TryParse("f((address maker, uint64[2] sizes) order, bool, int8 delta)", out var function, out _));
        var layout = function!.StaticLayout!;
        Assert.Equal(["order.maker", "order.sizes[0]", "order.sizes[1]", "1", "delta"], layout.Slots.Select(slot => slot.Path));
        Assert.Equal([0, 32, 64, 96, 128], layout.Slots.Select(slot => slot.Offset));
        Assert.Equal(160, layout.Size);
        Assert.Equal("uint64", layout.Find("order.sizes[1]")!.Type.Name);
        Assert.Null(layout.Find("order"));
        Assert.True(AbiFunction.TryParse("f(bytes data)", out var dynamic, out _));
        Assert.Null(dynamic!.StaticLayout);
    }

    [Fact]
    public void Static_arguments_are_checked_without_allocation()
    {
        Assert.True(AbiFunction.TryParse("transfer(address to, uint256 amount)", out var function, out _));
        var arguments = new byte[64];
        Assert.True(function!.StaticLayout!.IsCanonical(arguments));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            function.StaticLayout.IsCanonical(arguments);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        arguments[11] = 1;
        Assert.False(function.StaticLayout.IsCanonical(arguments));
        Assert.False(function.StaticLayout.IsCanonical(new byte[63]));
        Assert.False(function.StaticLayout.IsCanonical(new byte[65]));
        Assert.False(function.StaticLayout.IsCanonical(new byte[96]));
    }
}
