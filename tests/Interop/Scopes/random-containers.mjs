// node random-containers.mjs SEED COUNT: prints COUNT random calls of each function that carries calls, one JSON object a line: as viem encodes them,
// what the EVM makes of them, and the same after a change.
import { concat, encodeAbiParameters, encodePacked, parseAbiParameters } from "viem";
import { corrupt } from "../Ethereum/corrupt.mjs";
import { Random } from "../Ethereum/random.mjs";
import { same } from "../Ethereum/same.mjs";
import { callsOf } from "./evm-calls.mjs";

const [seed, count] = process.argv.slice(2).map(Number);
const random = new Random(seed);
const zero = `0x${"00".repeat(20)}`;
const execution = "(address target, uint256 value, bytes data)";
const encode = (types, ...values) => encodeAbiParameters(parseAbiParameters(types), values);
const field = (calls, name) => calls.map((call) => call[name]);
const packed = ({ target, value, data }) => encodePacked(["address", "uint256", "bytes"], [target, value, data]);
const sent = ({ target, value, data }) =>
  encodePacked(["uint8", "address", "uint256", "uint256", "bytes"], [0, target, value, BigInt((data.length - 2) / 2), data]);
const mode = (type) => `0x${type}0${random.below(2)}${"00".repeat(30)}`;

const functions = [
  ["Multicall", "multicall(bytes[])", (calls) => encode("bytes[]", field(calls, "data"))],
  ["Multicall", "multicall(uint256,bytes[])", (calls) => encode("uint256, bytes[]", random.uint(40), field(calls, "data"))],
  ["Erc7579", "execute(bytes32,bytes)", ([call]) => encode("bytes32, bytes", mode("00"), packed(call)), "single"],
  ["Erc7579", "execute(bytes32,bytes)", (calls) => encode("bytes32, bytes", mode("01"), encode(`${execution}[]`, calls))],
  ["Account", "execute(address,uint256,bytes)", ([call]) => encode("address, uint256, bytes", call.target, call.value, call.data), "single"],
  ["Account", "executeBatch((address,uint256,bytes)[])", (calls) => encode(`${execution}[]`, calls)],
  [
    "Account",
    "executeBatch(address[],uint256[],bytes[])",
    (calls) => encode("address[], uint256[], bytes[]", field(calls, "target"), field(calls, "value"), field(calls, "data")),
  ],
  ["Account", "executeBatch(address[],bytes[])", (calls) => encode("address[], bytes[]", field(calls, "target"), field(calls, "data"))],
  [
    "Safe",
    "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
    ([{ target, value, data }]) =>
      encode(
        "address, uint256, bytes, uint8, uint256, uint256, uint256, address, address, bytes",
        ...[target, value, data, 0, random.uint(30), random.uint(30), 0n, zero, random.hex(20), random.hex(65)],
      ),
    "single",
  ],
  ["MultiSend", "multiSend(bytes)", (calls) => encode("bytes", concat(["0x", ...calls.map(sent)]))],
];

for (let i = 0; i < count; i++) {
  for (const [kind, signature, make, isSingle] of functions) {
    const outer = { to: random.hex(20), value: random.uint(80) };
    const calls = Array.from({ length: isSingle ? 1 : 1 + random.below(5) }, () => ({
      target: `0x01${random.hex(19).slice(2)}`,
      value: random.uint(90),
      data: random.hex(random.pick([0, 1, 4, 36, 68, 100])),
    }));
    const args = make(calls);
    const made = callsOf(signature, args, outer);
    same(made?.length, calls.length, `${signature} ${args}`);
    const changed = corrupt(random, args);
    const { to, value } = outer;
    process.stdout.write(
      `${JSON.stringify({ kind, signature, to, value: value.toString(), args, made, changed, madeOfChanged: callsOf(signature, changed, outer) })}\n`,
    );
  }
}
