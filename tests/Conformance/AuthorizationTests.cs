using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Transactions of type 4 carry the authorisations that a permission names and no others; transactions of type 3 are never signed.</summary>
[Collection(DaemonCollection.Name)]
public class AuthorizationTests(DaemonFixture daemon)
{
    private const string Nobody = "0x0000000000000000000000000000000000000000";
    private const long Chain = 31_337;
    private static readonly byte[] s_named = Authorization(Policies.Token, Chain);
    private static readonly byte[] s_clearing = Authorization(Nobody, 0);

    private static readonly (string What, byte[] Unsigned, string Rule, string Observed)[] s_rows =
    [
        (
            "another contract",
            Encode(4, Authorization(Policies.Stranger, Chain)),
            "permissions[1].authorizations",
            $"EIP-7702 authorisation of {Policies.Stranger} on chain {Chain}"
        ),
        (
            "the named contract on every chain",
            Encode(4, Authorization(Policies.Token, 0)),
            "permissions[1].authorizations",
            $"EIP-7702 authorisation of {Policies.Token} on chain 0"
        ),
        (
            "one that is named and one that is not",
            Encode(4, s_named, Authorization(Nobody, Chain)),
            "permissions[1].authorizations",
            $"EIP-7702 authorisation of {Nobody} on chain {Chain}"
        ),
        ("more than are named", Encode(4, s_named, s_clearing, s_named), "permissions[1].authorizations", "3 EIP-7702 authorisations"),
        ("none", Encode(4), "permissions", "EIP-7702 authorisation list of 0"),
        (
            "beside a call that names none",
            Encode(Policies.Token, new Transfer().TransferData, 4, Transfer.List(s_named)),
            "permissions[0].authorizations",
            "1 EIP-7702 authorisations"
        ),
        (
            "blobs",
            Encode(Policies.Exchange, [], 3, Transfer.Integer(1), Transfer.List(Transfer.Bytes([1, .. new byte[31]]))),
            "permissions",
            "blob transaction with 1 blobs"
        ),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Fact]
    public async Task Named_ones_are_carried()
    {
        var opened = await daemon.Alice.OpenAsync("setup");
        foreach (var unsigned in (byte[][])[Encode(4, s_named), Encode(4, s_clearing), Encode(4, s_clearing, s_named)])
        {
            var answer = await daemon.Alice.SignAsync(opened.Session.SessionId, unsigned);
            var key = new byte[33];
            Assert.True(Secp256k1.TryRecover(Keccak256.Hash(unsigned), answer.Signature.ToByteArray(), key));
            Assert.Equal(opened.Session.PublicKey.ToByteArray(), key);
            Assert.Equal(4, answer.SignedTransaction[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_the_rule(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon, "setup");
        var (_, unsigned, rule, observed) = s_rows.Single(row => row.What == what);
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, unsigned), DenialReason.FeatureNotAllowed);
        Assert.Equal(("ceiling." + rule, observed), (denial.Rule, denial.Observed));
        await probe.AssertUnharmedAsync();
    }

    private static byte[] Encode(byte type, params byte[][] authorizations) =>
        Encode(Policies.Exchange, [], type, Transfer.List(authorizations));

    private static byte[] Encode(string to, byte[] data, byte type, params byte[][] more) =>
        [
            type,
            .. Transfer.List([
                Transfer.Integer(Chain),
                Transfer.Integer(0),
                Transfer.Integer(1_000_000_000),
                Transfer.Integer(2_000_000_000),
                Transfer.Integer(100_000),
                Transfer.Bytes(Transfer.Address(to)),
                Transfer.Integer(0),
                Transfer.Bytes(data),
                Transfer.List(),
                .. more,
            ]),
        ];

    private static byte[] Authorization(string address, long chain) =>
        Transfer.List(
            Transfer.Integer(chain),
            Transfer.Bytes(Transfer.Address(address)),
            Transfer.Integer(0),
            Transfer.Integer(0),
            Transfer.Bytes([.. Enumerable.Repeat((byte)1, 32)]),
            Transfer.Bytes([.. Enumerable.Repeat((byte)1, 32)])
        );
}
