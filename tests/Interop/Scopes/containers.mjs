// node containers.mjs: prints proto/spec/vectors/scope-containers.json, calls that carry other calls.
import { concat, encodeAbiParameters, encodePacked, parseAbiParameters } from "viem";
import { file } from "./canonical.mjs";
import { alice, allowed, bob, call, denied, other, token, transaction } from "./payloads.mjs";

const router = "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45";
const account = "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108";
const safe = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2";
const zero = "0x0000000000000000000000000000000000000000";

const transfer = "transfer(address to, uint256 amount)";
const swap = "swap(uint256 amount)";
const execute7579 = "execute(bytes32 mode, bytes executionCalldata)";
const execute = "execute(address target, uint256 value, bytes data)";
const executeBatch = "executeBatch((address target, uint256 value, bytes data)[] calls)";
const executeBatchArrays = "executeBatch(address[] targets, uint256[] values, bytes[] data)";
const executeBatchPairs = "executeBatch(address[] targets, bytes[] data)";
const execTransaction =
  "execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures)";
const multiSend = "multiSend(bytes transactions)";
const multicall = "multicall(bytes[] data)";
const multicallDeadline = "multicall(uint256 deadline, bytes[] data)";

const permission = (name, target, signature, more = {}) => ({ name, kind: "call", targets: [target], function: signature, ...more });
const scope = {
  version: 1,
  chains: ["1"],
  permissions: [
    permission("pay", token, transfer, {
      constraints: [
        { path: "amount", op: "lte", value: "1000" },
        { path: "to", op: "in", values: [alice, bob] },
      ],
      max_gas: "100000",
      meters: [{ budget: "usdc", path: "amount" }],
    }),
    permission("send", bob, "", { max_native_value: "100", meters: [{ budget: "eth", native_value: true }] }),
    permission("swap", router, swap, {
      constraints: [{ path: "amount", op: "lte", value: "50" }],
      max_native_value: "7",
      meters: [
        { budget: "usdc", path: "amount" },
        { budget: "eth", native_value: true },
      ],
    }),
    permission("multicall", router, multicall, { unwrap: "multicall", max_native_value: "9" }),
    permission("multicall-deadline", router, multicallDeadline, {
      unwrap: "multicall",
      constraints: [{ path: "deadline", op: "lte", value: "1700000060" }],
    }),
    permission("erc7579", account, execute7579, { unwrap: "erc7579" }),
    permission("execute", account, execute, { unwrap: "account" }),
    permission("execute-batch", account, executeBatch, { unwrap: "account" }),
    permission("execute-batch-arrays", account, executeBatchArrays, { unwrap: "account" }),
    permission("execute-batch-pairs", account, executeBatchPairs, { unwrap: "account" }),
    permission("safe", safe, execTransaction, { unwrap: "safe" }),
    permission("multisend", other, multiSend, { unwrap: "multisend" }),
  ],
  budgets: [
    { name: "usdc", unit: "USDC base units", limit: "1000000", window: "lifetime", per: "session" },
    { name: "eth", unit: "wei", limit: "1000", window: "lifetime", per: "session" },
  ],
};
const [, , , MULTICALL, DEADLINE, ERC7579, EXECUTE, BATCH, ARRAYS, PAIRS, SAFE, MULTISEND] = scope.permissions.map((_, index) => index);

const pay = (amount, to = alice) => ({ target: token, value: 0n, callData: call(transfer, to, amount) });
const send = (value) => ({ target: bob, value, callData: "0x" });
const mode = (callType, execType = 0, rest = "00".repeat(30)) =>
  `0x${callType.toString(16).padStart(2, "0")}${execType.toString(16).padStart(2, "0")}${rest}`;
const packed = ({ target, value, callData }) => encodePacked(["address", "uint256", "bytes"], [target, value, callData]);
const executions = (...calls) => encodeAbiParameters(parseAbiParameters("(address target, uint256 value, bytes callData)[]"), [calls]);
const multi = (...calls) =>
  concat([
    "0x",
    ...calls.map(({ operation = 0, target, value, callData }) =>
      encodePacked(["uint8", "address", "uint256", "uint256", "bytes"], [operation, target, value, BigInt((callData.length - 2) / 2), callData]),
    ),
  ]);
const raw = (to, data, value) => ({ transaction: transaction(to, data, value) });
const on7579 = (modeBytes, data) => raw(account, call(execute7579, modeBytes, data));
const onExecute = ({ target, value, callData }) => raw(account, call(execute, target, value, callData));
const onBatch = (...calls) =>
  raw(account, call(executeBatch, calls.map(({ target, value, callData }) => ({ target, value, data: callData }))));
const onSafe = ({ target, value, callData }, operation = 0, gasPrice = 0n) =>
  raw(safe, call(execTransaction, target, value, callData, operation, 0n, 0n, gasPrice, zero, zero, "0x1234"));
const onMulti = (...calls) => raw(other, call(multiSend, multi(...calls)));
const onMulticall = (datas, value) => raw(router, call(multicall, datas), value);
const swaps = (...amounts) => amounts.map((amount) => call(swap, amount));
const nested = (inner) => call(multicall, [inner]);

const unmet = (name, payload, observed) => denied(name, payload, "ConstraintUnmet", "permissions[0].constraints[0]", observed, "amount <= 1000");
const cannot = (name, payload, index, reason, observed, limit) => denied(name, payload, reason, `permissions[${index}].unwrap`, observed, limit);
const modes = "1 to 64 calls, single (0x00) or batch (0x01), default (0x00) or try (0x01), nothing else in the mode";
const own = "1 to 64 calls of the contract itself";
const truncated = "the data ends inside a call";

const vectors = [
  allowed("a single ERC-7579 call", on7579(mode(0), packed(pay(1000n))), ERC7579, { usdc: "1000" }),
  allowed("a batch of three, added up", on7579(mode(1), executions(pay(1000n), send(60n), pay(1n, bob))), ERC7579, { usdc: "1001", eth: "60" }),
  allowed("a batch that may fail in part, counted in full", on7579(mode(1, 1), executions(pay(7n), pay(8n))), ERC7579, { usdc: "15" }),
  allowed("a plain transfer in a single call", on7579(mode(0), packed(send(100n))), ERC7579, { eth: "100" }),
  unmet("the second call of a batch over its cap", on7579(mode(1), executions(pay(1000n), pay(1001n))), "call[1]: 1001"),
  denied("a call to a target that is not named", on7579(mode(0), packed({ ...pay(1n), target: alice })), "TargetNotAllowed", "permissions", `call[0]: ${alice} on chain 1`, `transfer(address,uint256) at ${token}`),
  denied("a function that is not named", on7579(mode(0), packed({ ...pay(1n), callData: call("approve(address s, uint256 a)", alice, 1n) })), "FunctionNotAllowed", "permissions", "call[0]: selector 0x095ea7b3", "transfer(address,uint256)"),
  denied("value over the cap of the inner permission", on7579(mode(1), executions(send(100n), send(101n))), "NativeValueExceeded", "permissions[1].max_native_value", "call[1]: 101", "100"),
  denied("value in the transaction itself", { transaction: transaction(account, call(execute7579, mode(0), packed(pay(1n))), 1n) }, "NativeValueExceeded", `permissions[${ERC7579}].max_native_value`, "1", "0"),
  cannot("a delegatecall", on7579(mode(0xff), packed(pay(1n))), ERC7579, "FeatureNotAllowed", `delegatecall, ${`mode ${mode(0xff)}`}`, modes),
  cannot("a static call", on7579(mode(0xfe), packed(pay(1n))), ERC7579, "FeatureNotAllowed", `mode ${mode(0xfe)}`, modes),
  cannot("an unknown way to execute", on7579(mode(0, 2), packed(pay(1n))), ERC7579, "FeatureNotAllowed", `mode ${mode(0, 2)}`, modes),
  cannot("a mode selector", on7579(mode(1, 0, `0000000078210001${"00".repeat(22)}`), executions(pay(1n))), ERC7579, "FeatureNotAllowed", `mode ${mode(1, 0, `0000000078210001${"00".repeat(22)}`)}`, modes),
  cannot("a single call cut short", on7579(mode(0), `0x${"11".repeat(51)}`), ERC7579, "Undecodable", "the data ends inside the call", modes),
  cannot("a batch with a byte after it", on7579(mode(1), concat([executions(pay(1n)), "0x00"])), ERC7579, "Undecodable", "bytes follow the last argument", modes),
  cannot("a batch that is not encoded canonically", on7579(mode(1), concat([`0x${"40".padStart(64, "0")}${"00".repeat(32)}`, `0x${executions(pay(1n)).slice(66)}`])), ERC7579, "Undecodable", "executions: the offset is not the canonical one", modes),
  cannot("a batch of nothing", on7579(mode(1), executions()), ERC7579, "Undecodable", "no calls", modes),
  cannot("a call to the zero address", on7579(mode(0), packed({ ...pay(1n), target: zero })), ERC7579, "FeatureNotAllowed", "a call to the zero address", modes),

  allowed("execute of an account", onExecute(pay(5n)), EXECUTE, { usdc: "5" }),
  unmet("execute of an account over the cap", onExecute(pay(1001n)), "call[0]: 1001"),
  allowed("executeBatch of tuples", onBatch(pay(5n), send(6n)), BATCH, { usdc: "5", eth: "6" }),
  allowed("executeBatch of three arrays", raw(account, call(executeBatchArrays, [token, bob], [0n, 6n], [pay(5n).callData, "0x"])), ARRAYS, { usdc: "5", eth: "6" }),
  cannot("executeBatch of arrays of different lengths", raw(account, call(executeBatchArrays, [token, bob], [0n], [pay(5n).callData, "0x"])), ARRAYS, "Undecodable", "arrays of different lengths", "1 to 64 calls, arrays of the same length"),
  allowed("executeBatch of two arrays", raw(account, call(executeBatchPairs, [token, token], [pay(5n).callData, pay(6n).callData])), PAIRS, { usdc: "11" }),
  unmet("executeBatch of two arrays over the cap", raw(account, call(executeBatchPairs, [token, token], [pay(5n).callData, pay(6000n).callData])), "call[1]: 6000"),

  allowed("a Safe transaction", onSafe(pay(5n)), SAFE, { usdc: "5" }),
  cannot("a Safe transaction by delegatecall", onSafe(pay(5n), 1), SAFE, "FeatureNotAllowed", "delegatecall, operation 1", "one call, operation 0, gasPrice 0"),
  cannot("a Safe transaction with a refund", onSafe(pay(5n), 0, 1n), SAFE, "FeatureNotAllowed", "gasPrice 1", "one call, operation 0, gasPrice 0"),
  allowed("multiSend", onMulti(pay(5n), send(6n)), MULTISEND, { usdc: "5", eth: "6" }),
  unmet("multiSend over the cap", onMulti(send(6n), pay(1001n)), "call[1]: 1001"),
  cannot("multiSend with a delegatecall", onMulti({ ...pay(5n), operation: 1 }), MULTISEND, "FeatureNotAllowed", "delegatecall, operation 1", "1 to 64 calls, operation 0"),
  cannot("multiSend cut short", raw(other, call(multiSend, multi(pay(5n)).slice(0, -2))), MULTISEND, "Undecodable", truncated, "1 to 64 calls, operation 0"),
  cannot("multiSend with a byte too many", raw(other, call(multiSend, `${multi(pay(5n))}00`)), MULTISEND, "Undecodable", truncated, "1 to 64 calls, operation 0"),
  allowed("a Safe transaction that carries a multiSend", onSafe({ target: other, value: 0n, callData: call(multiSend, multi(pay(5n), pay(6n))) }), SAFE, { usdc: "11" }),
  unmet("a Safe transaction that carries a multiSend over the cap", onSafe({ target: other, value: 0n, callData: call(multiSend, multi(pay(5n), pay(6000n))) }), "call[0]: call[1]: 6000"),

  allowed("a multicall", onMulticall(swaps(20n, 50n)), MULTICALL, { usdc: "70", eth: "0" }),
  allowed("a multicall with value, which each call sees", onMulticall(swaps(20n, 50n), 7n), MULTICALL, { usdc: "70", eth: "14" }),
  denied("a multicall with more value than its calls may see", onMulticall(swaps(20n), 8n), "NativeValueExceeded", "permissions[2].max_native_value", "call[0]: 8", "7"),
  denied("a multicall with too much value", onMulticall(swaps(20n), 10n), "NativeValueExceeded", `permissions[${MULTICALL}].max_native_value`, "10", "9"),
  denied("a multicall with one call over its cap", onMulticall(swaps(20n, 51n)), "ConstraintUnmet", "permissions[2].constraints[0]", "call[1]: 51", "amount <= 50"),
  allowed("a multicall before its deadline", raw(router, call(multicallDeadline, 1_700_000_060n, swaps(1n))), DEADLINE, { usdc: "1", eth: "0" }),
  denied("a multicall with a deadline too late", raw(router, call(multicallDeadline, 1_700_000_061n, swaps(1n))), "ConstraintUnmet", `permissions[${DEADLINE}].constraints[0]`, "1700000061", "deadline <= 1700000060"),
  denied("a multicall of bytes that are no call", onMulticall(["0xabcd"]), "FunctionNotAllowed", "permissions", "call[0]: selector 0xabcd", "multicall(bytes[]), multicall(uint256,bytes[]), swap(uint256)"),
  cannot("a multicall of nothing", onMulticall([]), MULTICALL, "Undecodable", "no calls", own),
  allowed("three containers", onMulticall([nested(nested(swaps(3n)[0]))]), MULTICALL, { usdc: "3", eth: "0" }),
  cannot("four containers", onMulticall([nested(nested(nested(swaps(3n)[0])))]), MULTICALL, "FeatureNotAllowed", "call[0]: call[0]: call[0]: calls in more than 3 containers", own),
  allowed("64 calls", onMulticall(swaps(...Array(64).fill(1n))), MULTICALL, { usdc: "64", eth: "0" }),
  cannot("65 calls", onMulticall(swaps(...Array(65).fill(1n))), MULTICALL, "FeatureNotAllowed", "more than 64 calls", own),
  cannot("65 calls in two containers", onMulticall([call(multicall, swaps(...Array(32).fill(1n))), call(multicall, swaps(...Array(31).fill(1n)))]), MULTICALL, "FeatureNotAllowed", "call[1]: more than 64 calls", own),
];

process.stdout.write(
  file("Payloads encoded and hashes computed by viem 2.57.20: tests/Interop/Scopes/containers.mjs.", scope, vectors),
);
