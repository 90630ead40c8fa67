using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Core.Tests;

/// <summary>What holds for every tree of containers, against a naive reading of the tree it was encoded from.</summary>
public class ContainerPropertyTests
{
    private const int CallCountMax = 64;
    private const int DepthMax = 3;
    private static readonly string[] s_permissions =
    [
        Containers.Unwrap("multicall(bytes[] data)", "multicall", "multicall").ToJsonString(),
        Containers.Unwrap("execute(address to, uint256 value, bytes data)", "account", "execute").ToJsonString(),
        Containers.Unwrap("multiSend(bytes transactions)", "multisend", "multisend").ToJsonString(),
        ScopeBuilder
            .Call("f(uint256 x)", """[{"path":"x","op":"lte","value":"10"}]""", """[{"budget":"usdc","path":"x"}]""", "f")
            .ToJsonString(),
        ScopeBuilder
            .Call("f(uint256 x)", """[{"path":"x","op":"eq","value":"12"}]""", """[{"budget":"usdc","path":"x"}]""", "twelve")
            .ToJsonString(),
    ];

    /// <summary>Carries calls, or is one: "f" with an amount.</summary>
    private sealed record Node(string Kind, int Amount, Node[] Children)
    {
        public int Depth => Children.Length == 0 ? 0 : 1 + Children.Max(child => child.Depth);

        public int Carried => Children.Length + Children.Sum(child => child.Carried);

        public IEnumerable<int> Amounts => Kind == "f" ? [Amount] : Children.SelectMany(child => child.Amounts);

        public bool HasEmpty => Kind != "f" && (Children.Length == 0 || Children.Any(child => child.HasEmpty));

        public string Data =>
            Kind switch
            {
                "multicall" => Containers.MulticallData([.. Children.Select(child => child.Data)]),
                "execute" => Containers.Execute(ScopeBuilder.Token, 0, Children[0].Data),
                "multisend" => Containers.MultiSend([.. Children.Select(child => (ScopeBuilder.Token, child.Data))]),
                _ => Containers.Calldata("f(uint256)", Amount),
            };
    }

    [Property(MaxTest = 300)]
    public Property A_naive_reading_agrees_and_the_sum_is_exact() =>
        Prop.ForAll(
            Trees(4).ToArbitrary(),
            tree =>
            {
                var expected =
                    tree.Depth <= DepthMax
                    && tree.Carried <= CallCountMax
                    && !tree.HasEmpty
                    && tree.Amounts.All(amount => amount is <= 10 or 12);
                var debits = new DebitBuffer();
                var allowed = Scope([0, 1, 2, 3, 4]).Ask(Payload(tree), debits).IsAllowed;
                var sum = debits.Count == 0 ? 0 : ulong.Parse(Assert.Single(debits.Items.ToArray()).Amount.ToString());
                return allowed == expected && sum == (allowed ? (ulong)tree.Amounts.Sum() : 0);
            }
        );

    [Property(MaxTest = 200)]
    public Property The_order_of_permissions_does_not_decide() =>
        Prop.ForAll(
            Gen.Zip(Trees(4), Gen.Shuffle([0, 1, 2, 3, 4])).ToArbitrary(),
            sample =>
            {
                var (tree, order) = sample;
                var (one, other) = (new DebitBuffer(), new DebitBuffer());
                var forwards = Scope([0, 1, 2, 3, 4]).Ask(Payload(tree), one);
                var shuffled = Scope(order).Ask(Payload(tree), other);
                return forwards.IsAllowed == shuffled.IsAllowed && one.Items.SequenceEqual(other.Items);
            }
        );

    [Property(MaxTest = 200)]
    public Property A_permission_less_never_allows_more() =>
        Prop.ForAll(
            Gen.Zip(Trees(3), Gen.Choose(0, 4)).ToArbitrary(),
            sample =>
            {
                var (tree, left) = sample;
                var narrower = Scope([.. Enumerable.Range(0, 5).Where(index => index != left)]).Ask(Payload(tree));
                return !narrower.IsAllowed || Scope([0, 1, 2, 3, 4]).Ask(Payload(tree)).IsAllowed;
            }
        );

    [Property(MaxTest = 300)]
    public Property A_changed_byte_is_decided_without_an_exception() =>
        Prop.ForAll(
            Gen.Zip(Trees(3), Gen.Zip(Gen.Choose(0, 100_000), Gen.Choose(0, 255))).ToArbitrary(),
            sample =>
            {
                var (tree, (position, value)) = sample;
                var bytes = Convert.FromHexString(tree.Data[2..]);
                bytes[position % bytes.Length] = (byte)value;
                var debits = new DebitBuffer();
                var decision = Scope([0, 1, 2, 3, 4])
                    .Ask(new TransactionBuilder { Data = "0x" + Convert.ToHexStringLower(bytes) }.Build(), debits);
                return decision.IsAllowed || (decision.Denial.Reason != DenialReason.Unspecified && debits.Count == 0);
            }
        );

    [Property(MaxTest = 500)]
    public void Carried_data_of_any_bytes_is_decided_without_an_exception(byte[] bytes, byte pick)
    {
        var data = "0x" + Convert.ToHexStringLower(bytes ?? []);
        string[] calldata =
        [
            Containers.MulticallData(data),
            Containers.Execute(ScopeBuilder.Token, 0, data),
            Containers.MultiSend((ScopeBuilder.Token, data)),
            Containers.Calldata("multicall(bytes[])") + data[2..],
            Containers.Calldata("multiSend(bytes)", 32, (data.Length / 2) - 1) + data[2..].PadRight((data.Length + 61) / 64 * 64, '0'),
        ];
        var decision = Scope([0, 1, 2, 3, 4]).Ask(new TransactionBuilder { Data = calldata[pick % calldata.Length] }.Build());
        Assert.True(decision.IsAllowed || decision.Denial.Reason != DenialReason.Unspecified);
    }

    private static CompiledScope Scope(int[] order) =>
        ScopeBuilder.Compile([.. order.Select(index => JsonNode.Parse(s_permissions[index])!.AsObject())]);

    private static TransactionPayload Payload(Node tree) => new TransactionBuilder { Data = tree.Data }.Build();

    private static Gen<Node> Trees(int depth) =>
        depth == 0
            ? Leaves()
            : Gen.Frequency((1, Leaves()), (2, Carrying("multicall", depth)), (1, Carrying("multisend", depth)), (1, Executing(depth)));

    private static Gen<Node> Leaves() =>
        Gen.Frequency((12, Gen.Choose(0, 10)), (1, Gen.Choose(11, 13))).Select(amount => new Node("f", amount, []));

    private static Gen<Node> Executing(int depth) => Trees(depth - 1).Select(child => new Node("execute", 0, [child]));

    private static Gen<Node> Carrying(string kind, int depth) =>
        from count in Gen.Frequency((1, Gen.Constant(0)), (12, Gen.Choose(1, 4)), (1, Gen.Choose(5, 40)))
        from children in Gen.ArrayOf(Trees(count > 4 ? 0 : depth - 1), count)
        select new Node(kind, 0, children);
}
