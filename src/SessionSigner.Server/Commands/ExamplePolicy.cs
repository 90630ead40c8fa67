namespace SessionSigner.Server;

/// <summary>The policy that init writes: token transfers on a development chain, capped per transfer and per day. Meant to be edited.</summary>
internal static class ExamplePolicy
{
    // An account that signs for itself has no separate one; the zero address would be refused by nobody, so a known burn address stands in.
    private const string NoAccount = "0x000000000000000000000000000000000000dEaD";

    /// <summary>The policy as YAML.</summary>
    /// <param name="trader">Identity that may open sessions.</param>
    /// <param name="keyLabel">The primary key.</param>
    /// <param name="address">Address of the primary key, or empty.</param>
    public static string Create(string trader, string keyLabel, string address) =>
        $$"""
            # Example: transfers of one token on chain 31337. `sessionsignerd policy show` prints the digest that the configuration pins.
            version: 1
            name: example
            description: Capped transfers of one token on a development chain
            principals:
              - {{trader}}
            primary_keys:
              - "{{keyLabel}}"
            accounts:
              - "{{(address.Length > 0 ? address : NoAccount)}}"
            audiences:
              - desk.local
            max_lifetime_seconds: 3600
            max_open_sessions_per_principal: 16
            ceiling:
              version: 1
              chains: ["31337"]
              permissions:
                - name: transfer
                  kind: call
                  targets: ["0x5FbDB2315678afecb367f032d93F642f64180aa3"]
                  function: "transfer(address to, uint256 amount)"
                  constraints:
                    - {path: to, op: in, values: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]}
                    - {path: amount, op: lte, value: "1000000"}
                  max_gas: "100000"
                  max_fee_per_gas: "100000000000"
                  max_priority_fee_per_gas: "10000000000"
                  meters:
                    - {budget: tokens, path: amount}
              budgets:
                - {name: tokens, unit: base units, limit: "10000000", window: calendar_day, per: policy}
              rates:
                - {max: 10, window_seconds: 1}
              max_signatures: 1000

            """;
}
