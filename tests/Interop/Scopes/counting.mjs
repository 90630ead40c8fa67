// node counting.mjs: prints proto/spec/vectors/scope-counting.json, what is counted: gas, overlapping permissions, the same budget twice, amounts in tokens.
import { serializeTransaction } from "viem";
import { file } from "./canonical.mjs";
import { alice, allowed, bob, call, denied, other, token, transaction } from "./payloads.mjs";

const transfer = "transfer(address to, uint256 amount)";
const swap = "swap(uint256 amount, uint256 fee)";

const permission = (name, target, signature, meters, constraints = []) => ({
  name,
  kind: "call",
  targets: [target],
  function: signature,
  constraints,
  max_native_value: "5",
  meters,
});

const scope = {
  version: 1,
  chains: ["1"],
  permissions: [
    permission("free", token, transfer, [], [{ path: "to", op: "eq", value: alice }]),
    permission("counted", token, transfer, [{ budget: "usdc", path: "amount" }], [{ path: "amount", op: "lte", value: "1000" }]),
    permission("with-gas", token, transfer, [
      { budget: "gas", gas_cost: true },
      { budget: "usdc", path: "amount" },
      { budget: "usdc", path: "amount" },
    ], [{ path: "amount", op: "lte", value: "10" }]),
    permission("swap", other, swap, [
      { budget: "usdc", path: "amount" },
      { budget: "usdc", path: "fee" },
      { budget: "gas", native_value: true },
      { budget: "gas", gas_cost: true },
    ]),
    permission("send", bob, "", [{ budget: "gas", gas_cost: true }]),
    permission("swap-free", other, swap, [], [{ path: "fee", op: "lte", value: "1" }]),
  ],
  budgets: [
    { name: "usdc", unit: "USDC", decimals: 6, limit: "2.5", window: "lifetime", per: "session" },
    { name: "gas", unit: "wei", limit: "1000000000000000000", window: "lifetime", per: "session" },
  ],
};

const pay = (to, amount) => ({ transaction: transaction(token, call(transfer, to, amount)) });
const gas = String(300_000n * 30_000_000_000n);
const most = 2n ** 256n - 1n;

const vectors = [
  allowed("only the permission that counts nothing", pay(alice, 1001n), 0),
  allowed("one that counts nothing and one that counts", pay(alice, 1000n), 0, { usdc: "1000" }),
  allowed("all three: the most into each budget", pay(alice, 10n), 0, { usdc: "20", gas }),
  allowed("two that count", pay(bob, 10n), 1, { usdc: "20", gas }),
  denied("none", pay(bob, 1001n), "ConstraintUnmet", "permissions[0].constraints[0]", bob, `to = ${alice}`),
  allowed("amount and fee into one budget, value and gas into another", { transaction: transaction(other, call(swap, 7n, 2n), 5n) }, 3, { usdc: "9", gas: String(300_000n * 30_000_000_000n + 5n) }),
  denied("a sum that no number holds, whatever else would allow it", { transaction: transaction(other, call(swap, most, 1n)) }, "BudgetExceeded", "budgets[usdc]", "more than 2^256-1", "2.5"),
  allowed("gas of a plain transfer at the price of type 0", {
    transaction: serializeTransaction({ type: "legacy", chainId: 1, nonce: 7, gas: 21_000n, gasPrice: 40n, to: bob, value: 1n }),
  }, 4, { gas: "840000" }),
];

process.stdout.write(file("Payloads serialised and hashes computed by viem 2.57.20: tests/Interop/Scopes/counting.mjs.", scope, vectors));
