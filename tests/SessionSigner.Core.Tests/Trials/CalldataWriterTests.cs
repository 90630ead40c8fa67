using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

public class CalldataWriterTests
{
    // The examples of the Contract ABI Specification.
    [Theory]
    [InlineData(
        "f(uint256,uint32[],bytes10,bytes)",
        """["291",["1110","1929"],"0x31323334353637383930","0x48656c6c6f2c20776f726c6421"]""",
        "8be65246"
            + "0000000000000000000000000000000000000000000000000000000000000123"
            + "0000000000000000000000000000000000000000000000000000000000000080"
            + "3132333435363738393000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000000000000000000000000000000000e0"
            + "0000000000000000000000000000000000000000000000000000000000000002"
            + "0000000000000000000000000000000000000000000000000000000000000456"
            + "0000000000000000000000000000000000000000000000000000000000000789"
            + "000000000000000000000000000000000000000000000000000000000000000d"
            + "48656c6c6f2c20776f726c642100000000000000000000000000000000000000"
    )]
    [InlineData(
        "baz(uint32,bool)",
        """["69",true]""",
        "cdcd77c0"
            + "0000000000000000000000000000000000000000000000000000000000000045"
            + "0000000000000000000000000000000000000000000000000000000000000001"
    )]
    [InlineData(
        "bar(bytes3[2])",
        """[["0x616263","0x646566"]]""",
        "fce353f6"
            + "6162630000000000000000000000000000000000000000000000000000000000"
            + "6465660000000000000000000000000000000000000000000000000000000000"
    )]
    public void Encodes_the_examples_of_the_specification(string signature, string arguments, string calldata) =>
        Assert.Equal(calldata, Convert.ToHexStringLower(Write(signature, arguments, out _)));

    [Theory]
    [InlineData(
        "f((address to, int8 n)[] list, string s)",
        """{"list":[{"to":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","n":"-128"},["0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","127"]],"s":"héllo"}"""
    )]
    [InlineData("f(string[2][] a, (bytes b, (uint8[] c) d) e)", """[[["a","b"],["","c"]],["0x",[["1","2"]]]]""")]
    [InlineData("f()", "[]")]
    [InlineData("f(int256 a, bytes32 b, bool c)", """["-1","0x1111111111111111111111111111111111111111111111111111111111111111",false]""")]
    public void What_it_writes_the_strict_decoder_reads(string signature, string arguments)
    {
        var calldata = Write(signature, arguments, out var function);
        Assert.True(AbiDecoder.TryDecode(function.Inputs, calldata.AsMemory(4), out var values, out var fault), fault);
        Assert.Equal(function.Inputs.Count, values!.Items.Count);
    }

    [Theory]
    [InlineData("f(uint8 a)", """["256"]""", "arguments[0]: ")]
    [InlineData("f(uint8 a)", """[1]""", "arguments[0]: ")]
    [InlineData("f(uint8 a)", """{"a":"256"}""", "arguments.a: ")]
    [InlineData("f(uint8 a)", """{"b":"1"}""", "arguments.a: Missing.")]
    [InlineData("f(uint8 a)", """{"a":"1","b":"1"}""", "arguments.b: Unknown member.")]
    [InlineData("f(uint8)", """{"":"1"}""", "arguments: Must be a list of 1 values")]
    [InlineData("f(uint8 a)", """["1","2"]""", "arguments: Must be a list of 1 values")]
    [InlineData("f(uint8 a)", "\"1\"", "arguments: Must be a list of 1 values")]
    [InlineData("f(uint8[2] a)", """[["1"]]""", "arguments[0]: Must be a list of 2 values")]
    [InlineData("f(uint8[] a)", """["1"]""", "arguments[0]: Must be a list of any number of values")]
    [InlineData("f(bytes a)", """["0xF"]""", "arguments[0]: ")]
    [InlineData("f(string a)", """[true]""", "arguments[0]: Must be a string.")]
    [InlineData("f(address a)", """["0xd8da6bf26964af9d7eed9e03e53415d37aa96045"]""", "arguments[0]: ")]
    public void What_a_type_cannot_hold_is_a_fault(string signature, string arguments, string fault)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out _));
        var faults = new FaultList();
        CalldataWriter.Write(function!, StrictJson.Read(Encoding.UTF8.GetBytes(arguments), faults)!, "arguments", faults);
        Assert.StartsWith(fault, faults.Faults[0], StringComparison.Ordinal);
    }

    private static byte[] Write(string signature, string arguments, out AbiFunction function)
    {
        Assert.True(AbiFunction.TryParse(signature, out var parsed, out var fault), fault);
        function = parsed!;
        var faults = new FaultList();
        var calldata = CalldataWriter.Write(function, StrictJson.Read(Encoding.UTF8.GetBytes(arguments), faults)!, "arguments", faults);
        Assert.Empty(faults.Faults);
        return calldata;
    }
}
