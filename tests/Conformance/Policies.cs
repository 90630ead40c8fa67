namespace Conformance;

/// <summary>The policies of the daemon under test, as the YAML an officer would write.</summary>
internal static class Policies
{
    public const string Chain = "31337";
    public const string Token = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
    public const string Recipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    public const string Stranger = "0x000000000000000000000000000000000000dEaD";
    public const string Exchange = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
    public const string Account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    public const string Audience = "exchange.example";

    /// <summary>Most units of the token in one transfer.</summary>
    public const int OrderCap = 1_000;

    /// <summary>Most units of the token in all transfers of a session.</summary>
    public const int Budget = 2_500;

    /// <summary>Most units in all transfers of all sessions of the policy "team" together.</summary>
    public const int TeamBudget = (TeamAmount * 4_000) + 13;

    /// <summary>An amount that does not divide <see cref="TeamBudget"/>.</summary>
    public const int TeamAmount = 70;

    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["desk"] = Write("desk", Transfers("desk", OrderCap, Budget, Order), 3_600),
            ["bots"] = Write("bots", Transfers("bots", OrderCap, 100_000_000, ""), 3_600),
            ["slow"] = Write("slow", Transfers("slow", OrderCap, Budget, "") + "  rates:\n    - {max: 2, window_seconds: 3600}\n", 3_600),
            ["few"] = Write("few", Transfers("few", OrderCap, Budget, "") + "  max_signatures: 2\n", 3_600),
            ["smart"] = Write("smart", Smart, 3_600),
            ["team"] = Write("team", Team, 3_600),
            ["bulk"] = Write("bulk", Transfers("bulk", OrderCap, Budget, Bulk), 3_600),
            ["words"] = Write("words", Transfers("words", OrderCap, Budget, Words), 3_600),
            ["digests"] = Write("digests", Transfers("digests", OrderCap, Budget, Digests) + "  max_signatures: 3\n", 3_600),
            ["orders"] = Write("orders", Transfers("orders", OrderCap, Budget, Order) + "  max_open_orders: 3\n", 3_600),
            ["venue"] = Write(
                "venue",
                Transfers("venue", OrderCap, Budget, Order).Replace("per: session", "per: principal", StringComparison.Ordinal),
                3_600
            ),
            ["setup"] = Write("setup", Transfers("setup", OrderCap, Budget, Setup), 3_600),
            ["brief"] = Write("brief", Transfers("brief", OrderCap, Budget, ""), 2),
        };

    // What its sessions share: one total for ever, and one for each principal in a window.
    private static string Team =>
        Transfers("team", OrderCap, TeamBudget, "        - {budget: pace, path: amount}\n")
            .Replace("per: session", "per: policy", StringComparison.Ordinal)
        + """
                - name: pace
                  unit: USDC base units
                  limit: "100000000"
                  window: rolling
                  window_seconds: 60
                  granularity_seconds: 1
                  per: principal

            """;

    // Arrays of any length, every element of which is looked at.
    private static string Bulk =>
        $"""
                - name: fill
                  kind: call
                  targets: ["{Token}"]
                  function: fill(uint256[] sizes)
                  constraints:
                    - {ElementCap}
                    - {ElementWanted}
                - name: orders
                  kind: typed_data
                  domain:
                    name: Bulk
                    chain_id: "{Chain}"
                  primary_type: Bulk
                  type: Bulk(uint8[] sizes)
                  constraints:
                    - {ElementCap}
                    - {ElementWanted}

            """;

    private const string ElementCap = "{path: \"sizes[*]\", op: lte, value: \"7\"}";

    private const string ElementWanted = "{path: \"sizes[*]\", quantifier: any, op: eq, value: \"7\"}";

    // An account with containers, and operations through two EntryPoints; what they may cost is counted.
    private static string Smart =>
        Transfers("smart", OrderCap, Budget, Containers)
        + """
                - name: gas
                  unit: wei
                  limit: "100000000"
                  window: lifetime
                  per: session

            """;

    private static string Containers =>
        $"""
                - {Container("multicall", Token, "multicall(bytes[] data)")}
                - {Container("erc7579", Account, "execute(bytes32 mode, bytes executionCalldata)")}
                - {Container("multisend", Exchange, "multiSend(bytes transactions)")}
                - name: operate
                  kind: user_operation
                  chain: "{Chain}"
                  entry_point: {Quote(UserOperation.EntryPoint07, "0.7")}
                  senders: ["{Account}"]
                  nonce_keys: ["0"]
                  signature_form: hash
                  unwrap: [account, erc7579]
                  max_call_gas: "200000"
                  max_verification_gas: "300000"
                  max_pre_verification_gas: "60000"
                  max_fee_per_gas: "100"
                  max_priority_fee_per_gas: "10"
                  meters:
                    - budget: gas
                      gas_cost: true
                - name: operate-old
                  kind: user_operation
                  chain: "{Chain}"
                  entry_point: {Quote(UserOperation.EntryPoint06, "0.6")}
                  senders: ["{Account}"]
                  nonce_keys: ["0"]
                  signature_form: personal_message
                  unwrap: [account]
                  paymasters: ["{Exchange}"]

            """;

    private static string Container(string kind, string target, string function) =>
        $$"""{name: {{kind}}, kind: call, targets: ["{{target}}"], function: "{{function}}", unwrap: {{kind}}, max_gas: "500000"}""";

    private static string Quote(string address, string version) => $$"""{address: "{{address}}", version: "{{version}}"}""";

    private static string Order =>
        $"""
                - name: order
                  kind: typed_data
                  domain:
                    name: Exchange
                    version: "1"
                    chain_id: "{Chain}"
                    verifying_contract: "{Exchange}"
                  primary_type: Order
                  type: Order(address maker,address token,uint256 amount,uint256 nonce)
                  constraints:
                    - path: token
                      op: eq
                      value: "{Token}"
                    - path: amount
                      op: lte
                      value: "{OrderCap}"
                  meters:
                    - budget: usdc
                      path: amount

            """;

    private static string Words =>
        $"""
                - name: quote
                  kind: message
                  template: "Quote {"{id}"}: {"{amount}"} USDC at {"{time}"}"
                  holes:
                    - {"{name: id, type: bytes, length: 4}"}
                    - {"{name: amount, type: uint, max: \"1000\"}"}
                    - {"{name: time, type: time, past_seconds: 60, future_seconds: 60}"}
                  meters:
                    - budget: usdc
                      path: amount
                - name: login
                  kind: sign_in
                  domains: ["desk.example"]
                  origins: ["https://desk.example"]
                  chains: ["{Chain}"]
                  statement: Sign in to trade.
                  max_lifetime_seconds: 600
                  resources: ["https://desk.example/terms"]

            """;

    // Gives accounts the code of one contract, at most twice in a transaction, or takes any code away from them on every chain.
    private static string Setup =>
        $"""
                - name: delegate
                  kind: call
                  targets: ["{Exchange}"]
                  function: ""
                  max_gas: "200000"
                  max_fee_per_gas: "100000000000"
                  max_priority_fee_per_gas: "10000000000"
                  max_authorizations: 2
                  authorizations:
                    - address: "{Token}"
                    - {"{address: \"0x0000000000000000000000000000000000000000\", chain: \"0\"}"}

            """;

    private static string Digests =>
        """
                - name: any
                  kind: raw_digest

            """;

    private static string Transfers(string name, int orderCap, int budget, string more) =>
        $"""
            ceiling:
              version: 1
              chains: ["{Chain}"]
              permissions:
                - name: {name}-transfer
                  kind: call
                  targets: ["{Token}"]
                  function: transfer(address to, uint256 amount)
                  constraints:
                    - path: to
                      op: in
                      values: ["{Recipient}"]
                    - path: amount
                      op: lte
                      value: "{orderCap}"
                  max_gas: "100000"
                  max_fee_per_gas: "100000000000"
                  max_priority_fee_per_gas: "10000000000"
                  meters:
                    - budget: usdc
                      path: amount
            {more}  budgets:
                - name: usdc
                  unit: USDC base units
                  limit: "{budget}"
                  window: lifetime
                  per: session

            """;

    private static string Write(string name, string ceiling, int lifetimeSeconds) =>
        $"""
            version: 1
            name: {name}
            principals:
              - {Identities.Alice}
              - {Identities.Bob}
            releasers:
              - {Identities.Settler}
            primary_keys:
              - primary-1
            accounts:
              - "{Account}"
            audiences:
              - {Audience}
            max_lifetime_seconds: {lifetimeSeconds}
            {ceiling}
            """;
}
