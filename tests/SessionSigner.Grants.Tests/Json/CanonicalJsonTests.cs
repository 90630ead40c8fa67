using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Grants.Tests;

public class CanonicalJsonTests
{
    // SPEC: RFC 8785 3.2.3, the example that sorts by UTF-16 code units.
    [Fact]
    public void Sorts_members_as_the_standard_does()
    {
        const string json =
            """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"Latin"}""";
        Assert.Equal(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"Latin\",\"\u20ac\":\"Euro Sign\",\"\ud83d\ude00\":\"Emoji\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
            Rewrite(json)
        );
    }

    // SPEC: RFC 8785 3.2.2.2.
    [Fact]
    public void Escapes_as_the_standard_does() =>
        Assert.Equal(
            "{\"s\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
            Rewrite("""{ "s": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/" }""")
        );

    [Fact]
    public void Drops_white_space_and_keeps_the_order_of_elements() =>
        Assert.Equal("{\"a\":[3,-1,true,false,null],\"b\":{}}", Rewrite(" {\n\"b\" : { } , \"a\":[ 3,-1, true,false,null ] } "));

    [Property(MaxTest = 300)]
    public Property Writing_what_was_read_back_gives_the_same_text() =>
        Prop.ForAll(
            Items(4).ToArbitrary(),
            item =>
            {
                var once = CanonicalJson.Write(item);
                return Rewrite(once) == once;
            }
        );

    private static string Rewrite(string json)
    {
        var faults = new FaultList();
        var item = StrictJson.Read(Samples.Utf8(json), faults);
        Assert.Empty(faults.Faults);
        return CanonicalJson.Write(item!);
    }

    private static Gen<JsonItem> Items(int depth)
    {
        var texts = Gen.ArrayOf(Gen.Choose(0, 0xD7FF).Select(c => (char)c)).Select(characters => new string(characters));
        var leaves = Gen.OneOf(
            texts.Select(JsonItem (text) => new JsonItem.Text(text)),
            Gen.Choose(int.MinValue, int.MaxValue).Select(JsonItem (number) => new JsonItem.Integer(number * 1_000L)),
            Gen.Elements<JsonItem>(new JsonItem.Boolean(true), new JsonItem.Boolean(false), JsonItem.Null.Value)
        );
        if (depth == 0)
        {
            return leaves;
        }
        var lists = Gen.ArrayOf(Items(depth - 1)).Select(items => items.Take(4).ToArray());
        return Gen.OneOf(
            leaves,
            lists.Select(JsonItem (items) => new JsonItem.Array(items)),
            Gen.Zip(Gen.ArrayOf(texts), lists)
                .Select(JsonItem (pair) => new JsonItem.Object([.. pair.Item1.Distinct().Zip(pair.Item2, KeyValuePair.Create)]))
        );
    }
}
