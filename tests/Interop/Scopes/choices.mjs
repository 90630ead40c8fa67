// node choices.mjs: prints proto/spec/vectors/scope-choices.json, choices, quantifiers and lengths.
import { file } from "./canonical.mjs";
import { alice, allowed, bob, call, denied, other, token, transaction } from "./payloads.mjs";

const transfer = "transfer(address to, uint256 amount)";
const fill = "fill((address maker, uint256[] sizes)[] orders, string note)";

const scope = {
  version: 1,
  chains: ["1"],
  permissions: [
    {
      name: "pay",
      kind: "call",
      targets: [token],
      function: transfer,
      constraints: [
        {
          any_of: [
            [
              { path: "to", op: "eq", value: alice },
              { path: "amount", op: "lte", value: "1000" },
            ],
            [
              { path: "to", op: "in", values: [alice, bob] },
              { any_of: [[{ path: "amount", op: "eq", value: "5000" }], [{ path: "amount", op: "lte", value: "10" }]] },
            ],
          ],
        },
        { path: "amount", op: "ne", value: "13" },
      ],
      meters: [{ budget: "usdc", path: "amount" }],
    },
    {
      name: "fill",
      kind: "call",
      targets: [other],
      function: fill,
      constraints: [
        { path: "orders", length: true, op: "between", min: "1", max: "2" },
        { path: "orders[*].maker", quantifier: "any", op: "eq", value: alice },
        { any_of: [[{ path: "orders[*].sizes[*]", quantifier: "all", op: "lte", value: "50" }], [{ path: "orders[0].sizes", length: true, op: "eq", value: "0" }]] },
        { path: "orders[*].sizes", length: true, op: "lte", value: "3" },
        { path: "note", length: true, op: "lt", value: "4" },
      ],
      meters: [{ budget: "usdc", path: "orders[*].sizes[*]" }],
    },
    {
      name: "order",
      kind: "typed_data",
      domain: { name: "Venue", version: "1", chain_id: "1", verifying_contract: other },
      primary_type: "Order",
      type: "Order(address maker,uint256[] legs)",
      constraints: [
        { path: "legs[*]", op: "lte", value: "5" },
        { path: "legs[*]", quantifier: "any", op: "gte", value: "4" },
        { path: "legs", length: true, op: "lte", value: "2" },
      ],
    },
  ],
  budgets: [{ name: "usdc", unit: "USDC base units", limit: "1000000", window: "lifetime", per: "session" }],
};

const pay = (to, amount) => ({ transaction: transaction(token, call(transfer, to, amount)) });
const orders = (list, note = "") => ({
  transaction: transaction(other, call(fill, list, note)),
});
const order = (maker, ...sizes) => ({ maker, sizes });
const typed = (...legs) => ({
  typed_data: {
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "version", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" },
      ],
      Order: [
        { name: "maker", type: "address" },
        { name: "legs", type: "uint256[]" },
      ],
    },
    primaryType: "Order",
    domain: { name: "Venue", version: "1", chainId: "1", verifyingContract: other },
    message: { maker: alice, legs },
  },
});
const unmet = (name, payload, rule, observed, limit) => denied(name, payload, "ConstraintUnmet", `permissions${rule}`, observed, limit);

const vectors = [
  allowed("the first alternative", pay(alice, 1000n), 0, { usdc: "1000" }),
  allowed("the second alternative and its first", pay(bob, 5000n), 0, { usdc: "5000" }),
  allowed("the second alternative and its second", pay(bob, 10n), 0, { usdc: "10" }),
  unmet("no alternative, the first came as far as the second", pay(alice, 1001n), "[0].constraints[0].any_of[0][1]", "1001", "amount <= 1000"),
  unmet("no alternative, the second came further", pay(bob, 11n), "[0].constraints[0].any_of[1][1].any_of[0][0]", "11", "amount = 5000"),
  unmet("no alternative at all", pay(other, 1n), "[0].constraints[0].any_of[0][0]", other, `to = ${alice}`),
  unmet("an alternative, but not what stands beside it", pay(alice, 13n), "[0].constraints[1]", "13", "amount not 13"),
  allowed("any of two elements", orders([order(bob, 50n), order(alice, 1n, 2n)], "abc"), 1, { usdc: "53" }),
  unmet("none of two elements", orders([order(bob, 50n), order(other, 1n)]), "[1].constraints[1]", "none of 2 elements", `any orders[*].maker = ${alice}`),
  unmet("all of no elements", orders([order(alice, 1n), order(alice)]), "[1].constraints[2].any_of[0][0]", "an array without elements", "orders[*].sizes[*] <= 50"),
  allowed("no elements where a choice allows them", orders([order(alice)]), 1),
  unmet("too few elements", orders([]), "[1].constraints[0]", "0", "length of orders from 1 to 2"),
  unmet("too many elements", orders([order(alice, 1n), order(alice, 1n), order(alice, 1n)]), "[1].constraints[0]", "3", "length of orders from 1 to 2"),
  unmet("one inner array too long", orders([order(alice, 1n), order(bob, 1n, 2n, 3n, 4n)]), "[1].constraints[3]", "4", "length of orders[*].sizes <= 3"),
  unmet("a text of four bytes and two characters", orders([order(alice, 1n)], "\u00e9\u00e9"), "[1].constraints[4]", "4", "length of note < 4"),
  allowed("a message with two legs", typed("1", "4"), 2),
  unmet("a message with a leg over its cap", typed("6"), "[2].constraints[0]", "6", "legs[*] <= 5"),
  unmet("a message with no leg of some size", typed("1", "3"), "[2].constraints[1]", "none of 2 elements", "any legs[*] >= 4"),
  unmet("a message with too many legs", typed("1", "1", "5"), "[2].constraints[2]", "3", "length of legs <= 2"),
  unmet("a message without legs", typed(), "[2].constraints[0]", "an array without elements", "legs[*] <= 5"),
];

process.stdout.write(file("Payloads serialised and hashes computed by viem 2.57.20: tests/Interop/Scopes/choices.mjs.", scope, vectors));
