using System.Text;
using FsCheck.Xunit;

namespace SessionSigner.Grants.Tests;

public class StrictJsonTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":+1}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":Infinity}")]
    [InlineData("{'a':1}")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":1}//")]
    [InlineData("/**/{\"a\":1}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("{\"a\":\"\u0001\"}")]
    [InlineData("{} {}")]
    public void Refuses_what_is_not_JSON(string json) => AssertRefused(json, "JSON");

    [Theory]
    [InlineData("{\"a\":1.5}")]
    [InlineData("{\"a\":1.0}")]
    [InlineData("{\"a\":1e3}")]
    [InlineData("{\"a\":-0}")]
    [InlineData("{\"a\":9007199254740992}")]
    [InlineData("{\"a\":-9007199254740992}")]
    [InlineData("{\"a\":99999999999999999999999999}")]
    public void Refuses_numbers_that_readers_see_differently(string json) => AssertRefused(json, "a: A number must be whole");

    [Fact]
    public void Names_the_path_of_a_member_given_twice() =>
        AssertRefused("{\"x\":[{\"a\":1,\"a\":1}]}", "x[0].a: The member is given twice.");

    [Fact]
    public void Sees_that_escaped_names_are_the_same() => AssertRefused("{\"a\":1,\"\\u0061\":2}", "a: The member is given twice.");

    [Fact]
    public void Refuses_invalid_UTF8()
    {
        var faults = new FaultList();
        Assert.Null(StrictJson.Read([(byte)'"', 0xC3, 0x28, (byte)'"'], faults));
        Assert.Single(faults.Faults);
    }

    [Fact]
    public void Refuses_ten_megabytes_at_once() => AssertRefused("\"" + new string('a', 10_000_000) + "\"", "131072 bytes");

    [Fact]
    public void Refuses_a_thousand_levels() => AssertRefused(new string('[', 1_000) + new string(']', 1_000), "32 levels");

    [Fact]
    public void Accepts_32_levels_and_not_33()
    {
        Assert.NotNull(StrictJson.Read(Samples.Utf8(new string('[', 32) + new string(']', 32)), new FaultList()));
        AssertRefused(new string('[', 33) + new string(']', 33), "32 levels");
    }

    [Fact]
    public void Faults_hold_nothing_but_printable_ASCII_and_are_bounded()
    {
        var members = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"\u202Ename\\u0000\\n{i}\":1.5"));
        var faults = new FaultList();
        Assert.Null(StrictJson.Read(Samples.Utf8("{" + members + "}"), faults));
        Assert.True(faults.Faults.Count <= FaultList.CountMax + 1);
        Assert.All(faults.Faults, fault => Assert.All(fault, c => Assert.InRange(c, ' ', '~')));
    }

    [Property(MaxTest = 500)]
    public void Never_throws_on_bytes(byte[] bytes) => StrictJson.Read(bytes ?? [], new FaultList());

    [Property(MaxTest = 500)]
    public void Never_throws_on_damaged_documents(int position, byte value)
    {
        var bytes = Samples.Utf8(Samples.ScopeJson);
        bytes[(position & int.MaxValue) % bytes.Length] = value;
        Assert.Equal(Scope.TryParse(bytes, out _, out var faults), faults.Count == 0);
    }

    private static void AssertRefused(string json, string expected)
    {
        var faults = new FaultList();
        Assert.Null(StrictJson.Read(Encoding.UTF8.GetBytes(json), faults));
        Assert.Contains(faults.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }
}
