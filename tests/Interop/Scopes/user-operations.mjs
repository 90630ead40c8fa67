// node user-operations.mjs: prints proto/spec/vectors/scope-user-operations.json, user operations and the calls they carry.
import { concat, encodeAbiParameters, encodePacked, hashMessage, numberToHex, parseAbiParameters } from "viem";
import { getUserOperationHash } from "viem/account-abstraction";
import { file } from "./canonical.mjs";
import { alice, allowed, bob, call, denied, other, token } from "./payloads.mjs";

const entryPoints = {
  0.6: "0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789",
  0.7: "0x0000000071727De22E5E9d8BAf0edAc6f37da032",
  0.8: "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108",
  0.9: "0x433709009B8330FDa32311DF1C2AFA402eD8D009",
};
const account = "0x1306b01bC3e4AD202612D3843387e94737673F53";
const paymaster = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2";
const factory = "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45";
const transfer = "transfer(address to, uint256 amount)";
const execute7579 = "execute(bytes32 mode, bytes executionCalldata)";
const execute = "execute(address target, uint256 value, bytes data)";
const executeBatch = "executeBatch((address target, uint256 value, bytes data)[] calls)";

const validator = (0x1234n << 160n) | BigInt(factory);
const operationOf = (name, version, more) => ({
  name,
  kind: "user_operation",
  chain: "1",
  entry_point: { address: entryPoints[version], version },
  senders: [account],
  nonce_keys: ["0", validator.toString()],
  signature_form: "hash",
  unwrap: ["account", "erc7579"],
  max_call_gas: "200000",
  max_verification_gas: "300000",
  max_pre_verification_gas: "60000",
  max_fee_per_gas: "100",
  max_priority_fee_per_gas: "10",
  meters: [{ budget: "gas", gas_cost: true }],
  ...more,
});
const scope = {
  version: 1,
  chains: ["1", "10"],
  accounts: [account],
  permissions: [
    {
      name: "pay",
      kind: "call",
      targets: [token],
      function: transfer,
      constraints: [
        { path: "amount", op: "lte", value: "1000" },
        { path: "to", op: "in", values: [alice, bob] },
      ],
      meters: [{ budget: "usdc", path: "amount" }],
    },
    { name: "send", kind: "call", targets: [bob], function: "", max_native_value: "100", meters: [{ budget: "eth", native_value: true }] },
    operationOf("own", "0.7", {}),
    operationOf("sponsored", "0.7", {
      paymasters: [paymaster],
      max_paymaster_verification_gas: "50000",
      max_paymaster_post_op_gas: "40000",
      max_fee_per_gas: "1000",
    }),
    operationOf("old", "0.6", { signature_form: "personal_message", factories: [factory], unwrap: ["account"] }),
    operationOf("new", "0.8", {}),
    operationOf("newest", "0.9", {}),
  ],
  budgets: [
    { name: "usdc", unit: "USDC base units", limit: "1000000", window: "lifetime", per: "session" },
    { name: "eth", unit: "wei", limit: "1000", window: "lifetime", per: "session" },
    { name: "gas", unit: "wei", limit: "1000000000", window: "lifetime", per: "session" },
  ],
};
const [, SEND, OWN, SPONSORED, OLD, NEW, NEWEST] = scope.permissions.map((_, index) => index);

const pay = (amount, to = alice) => ({ target: token, value: 0n, callData: call(transfer, to, amount) });
const send = (value) => ({ target: bob, value, callData: "0x" });
const mode = (callType, execType = 0) =>
  `0x${callType.toString(16).padStart(2, "0")}${execType.toString(16).padStart(2, "0")}${"00".repeat(30)}`;
const on7579 = (modeBytes, data) => call(execute7579, modeBytes, data);
const executions = (...calls) => encodeAbiParameters(parseAbiParameters("(address target, uint256 value, bytes callData)[]"), [calls]);
const single = ({ target, value, callData }) => encodePacked(["address", "uint256", "bytes"], [target, value, callData]);
const once = ({ target, value, callData }) => call(execute, target, value, callData);
const batch = (...calls) => call(executeBatch, calls.map(({ target, value, callData }) => ({ target, value, data: callData })));

/** A payload with the hash that viem computes. */
function operation(version, callData, change = {}, { chain = 1, entryPoint = entryPoints[version], form = "hash", session = account } = {}) {
  const members = {
    sender: account,
    nonce: 7n,
    callData,
    callGasLimit: 100_000n,
    verificationGasLimit: 200_000n,
    preVerificationGas: 50_000n,
    maxFeePerGas: 100n,
    maxPriorityFeePerGas: 10n,
    ...(version === "0.6" ? { initCode: "0x", paymasterAndData: "0x" } : {}),
    ...change,
  };
  const hash = getUserOperationHash({
    chainId: chain,
    entryPointAddress: entryPoint,
    entryPointVersion: version,
    userOperation: { ...members, signature: "0x" },
  });
  const json = Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, typeof value === "bigint" ? numberToHex(value) : name === "sender" ? value : value.toLowerCase()]),
  );
  return {
    user_operation: { json, chain: String(chain), entry_point: entryPoint, entry_point_version: version, signature_form: form },
    session_account: session,
    user_operation_hash: hash,
    digest: form === "hash" ? hash : hashMessage({ raw: hash }),
  };
}
const personal = { form: "personal_message" };
const sponsor = (more = {}) => ({
  paymaster,
  paymasterVerificationGasLimit: 50_000n,
  paymasterPostOpGasLimit: 40_000n,
  paymasterData: "0xbeef",
  ...more,
});
const no = (name, payload, index, member, observed, limit, reason = "UserOperationNotAllowed") =>
  denied(name, payload, reason, `permissions[${index}].${member}`, observed, limit);
const carried = (name, payload, reason, rule, observed, limit) => denied(name, payload, reason, rule, observed, limit);
const functions =
  "execute(address,uint256,bytes), execute(bytes32,bytes), executeBatch((address,uint256,bytes)[]), executeBatch(address[],bytes[]), executeBatch(address[],uint256[],bytes[])";
const modes = "1 to 64 calls, single (0x00) or batch (0x01), default (0x00) or try (0x01), nothing else in the mode";
const named = Object.entries(entryPoints)
  .map(([version, address]) => `sender ${account} of entry point ${address} ${version} on chain 1`)
  .sort();
const known = `${named[0]}, and 3 more`;
const gas = { gas: "35000000" };

const vectors = [
  allowed("an operation of v0.7", operation("0.7", once(pay(1000n))), OWN, { ...gas, usdc: "1000" }),
  allowed("an operation of v0.8", operation("0.8", once(pay(1000n))), NEW, { ...gas, usdc: "1000" }),
  allowed("an operation of v0.9", operation("0.9", once(pay(1000n))), NEWEST, { ...gas, usdc: "1000" }),
  allowed("an operation of v0.6, as a personal message", operation("0.6", once(pay(1n)), { initCode: `${factory}00` }, personal), OLD, { ...gas, usdc: "1" }),
  allowed("a batch, added up", operation("0.7", batch(pay(1000n), send(60n), pay(1n, bob))), OWN, { ...gas, usdc: "1001", eth: "60" }),
  allowed("an ERC-7579 batch, added up", operation("0.7", on7579(mode(1), executions(pay(7n), pay(8n)))), OWN, { ...gas, usdc: "15" }),
  allowed("another nonce key that is named", operation("0.7", once(pay(1n)), { nonce: (validator << 64n) | 5n }), OWN, { ...gas, usdc: "1" }),
  allowed("a paymaster that is named, at its price", operation("0.7", once(pay(1n)), { ...sponsor(), maxFeePerGas: 1_000n }), SPONSORED, { gas: "440000000", usdc: "1" }),

  denied("a chain that the scope has no operations for", operation("0.7", once(pay(1n)), {}, { chain: 10 }), "UserOperationNotAllowed", "permissions", `sender ${account} of entry point ${entryPoints["0.7"]} 0.7 on chain 10`, known),
  denied("a chain that the scope does not have", operation("0.7", once(pay(1n)), {}, { chain: 5 }), "ChainNotAllowed", "chains", "5", "1, 10"),
  denied("another sender", operation("0.7", once(pay(1n)), { sender: bob }), "UserOperationNotAllowed", "permissions", `sender ${bob} of entry point ${entryPoints["0.7"]} 0.7 on chain 1`, known),
  {
    ...denied("a sender that is not the session's account", operation("0.7", once(pay(1n)), {}, { session: bob }), "", "", "", ""),
    denial: ["UserOperationNotAllowed", "session.account", account, bob],
  },
  denied("an EntryPoint that is not named", operation("0.7", once(pay(1n)), {}, { entryPoint: other }), "UserOperationNotAllowed", "permissions", `sender ${account} of entry point ${other} 0.7 on chain 1`, known),
  denied("an EntryPoint as another version", operation("0.8", once(pay(1n)), {}, { entryPoint: entryPoints["0.7"] }), "UserOperationNotAllowed", "permissions", `sender ${account} of entry point ${entryPoints["0.7"]} 0.8 on chain 1`, known),
  no("another form of the signature", operation("0.8", once(pay(1n)), {}, personal), NEW, "signature_form", "personal_message", "hash"),
  no("a nonce key that is not named", operation("0.8", once(pay(1n)), { nonce: 1n << 64n }), NEW, "nonce_keys", "1", `0, ${validator}`),
  no("a factory where none is named", operation("0.8", once(pay(1n)), { factory, factoryData: "0x" }), NEW, "factories", factory, "no factory"),
  no("no factory where one is named", operation("0.6", once(pay(1n)), {}, personal), OLD, "factories", "no factory", factory),
  no("another factory", operation("0.6", once(pay(1n)), { initCode: bob }, personal), OLD, "factories", bob, factory),
  no("a paymaster where none is named", operation("0.8", once(pay(1n)), sponsor()), NEW, "paymasters", paymaster, "no paymaster", "PaymasterNotAllowed"),
  no("a paymaster that is not named", operation("0.7", once(pay(1n)), sponsor({ paymaster: bob })), OWN, "paymasters", bob, "no paymaster", "PaymasterNotAllowed"),
  no("a paymaster of v0.6", operation("0.6", once(pay(1n)), { initCode: factory, paymasterAndData: paymaster }, personal), OLD, "paymasters", paymaster, "no paymaster", "PaymasterNotAllowed"),
  no("the zero address as paymaster of v0.6", operation("0.6", once(pay(1n)), { initCode: factory, paymasterAndData: `0x${"00".repeat(20)}` }, personal), OLD, "paymasters", `0x${"00".repeat(20)}`, "no paymaster", "PaymasterNotAllowed"),
  no("too much call gas", operation("0.8", once(pay(1n)), { callGasLimit: 200_001n }), NEW, "max_call_gas", "200001", "200000", "FeeExceeded"),
  no("too much verification gas", operation("0.8", once(pay(1n)), { verificationGasLimit: 300_001n }), NEW, "max_verification_gas", "300001", "300000", "FeeExceeded"),
  no("too much gas before", operation("0.8", once(pay(1n)), { preVerificationGas: 60_001n }), NEW, "max_pre_verification_gas", "60001", "60000", "FeeExceeded"),
  no("too much gas of the paymaster", operation("0.7", once(pay(1n)), sponsor({ paymasterVerificationGasLimit: 50_001n })), SPONSORED, "max_paymaster_verification_gas", "50001", "50000", "FeeExceeded"),
  no("too much gas of the paymaster afterwards", operation("0.7", once(pay(1n)), sponsor({ paymasterPostOpGasLimit: 40_001n })), SPONSORED, "max_paymaster_post_op_gas", "40001", "40000", "FeeExceeded"),
  no("too high a fee", operation("0.7", once(pay(1n)), { maxFeePerGas: 101n }), OWN, "max_fee_per_gas", "101", "100", "FeeExceeded"),
  no("too high a priority fee", operation("0.7", once(pay(1n)), { maxPriorityFeePerGas: 11n }), OWN, "max_priority_fee_per_gas", "11", "10", "FeeExceeded"),

  no("no calldata", operation("0.8", "0x"), NEW, "unwrap", "no calldata", functions, "FunctionNotAllowed"),
  no("calldata shorter than a selector", operation("0.8", "0xb61d27"), NEW, "unwrap", "selector 0xb61d27", functions, "FunctionNotAllowed"),
  no("a function that no container knows", operation("0.8", call("withdrawTo(address to, uint256 amount)", bob, 1n)), NEW, "unwrap", "selector 0x205c2878", functions, "FunctionNotAllowed"),
  no("a container of another kind", operation("0.8", call("multicall(bytes[] data)", [once(pay(1n))])), NEW, "unwrap", "selector 0xac9650d8", functions, "FunctionNotAllowed"),
  no("bytes after the calldata", operation("0.8", concat([once(pay(1n)), "0x00"])), NEW, "unwrap", "bytes follow the last argument", functions, "Undecodable"),
  no("65 calls", operation("0.8", batch(...Array(65).fill(pay(1n)))), NEW, "unwrap", "more than 64 calls", "1 to 64 calls", "FeatureNotAllowed"),
  carried("a batch of nothing", operation("0.8", batch()), "Undecodable", `permissions[${NEW}].unwrap`, "no calls", "1 to 64 calls"),
  carried("a delegatecall", operation("0.8", on7579(mode(0xff), single(pay(1n)))), "FeatureNotAllowed", `permissions[${NEW}].unwrap`, `delegatecall, mode ${mode(0xff)}`, modes),
  carried("a call over its cap", operation("0.8", batch(pay(1000n), pay(1001n))), "ConstraintUnmet", "permissions[0].constraints[0]", "call[1]: 1001", "amount <= 1000"),
  carried("a call to the account itself", operation("0.8", once({ ...pay(1n), target: account })), "TargetNotAllowed", "permissions", `call[0]: ${account} on chain 1`, `transfer(address,uint256) at ${token}`),
  carried("a call to the EntryPoint", operation("0.8", once({ ...pay(1n), target: entryPoints["0.8"] })), "TargetNotAllowed", "permissions", `call[0]: ${entryPoints["0.8"]} on chain 1`, `transfer(address,uint256) at ${token}`),
  carried("a function that no permission names", operation("0.8", once({ ...pay(1n), callData: call("approve(address s, uint256 a)", alice, 1n) })), "FunctionNotAllowed", "permissions", "call[0]: selector 0x095ea7b3", "transfer(address,uint256)"),
  carried("native value over the cap", operation("0.8", once(send(101n))), "NativeValueExceeded", `permissions[${SEND}].max_native_value`, "call[0]: 101", "100"),
];

process.stdout.write(
  file("Operations hashed and calldata encoded by viem 2.57.20: tests/Interop/Scopes/user-operations.mjs.", scope, vectors),
);
