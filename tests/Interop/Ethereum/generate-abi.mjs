// node generate-abi.mjs SEED COUNT: prints COUNT random argument lists, one JSON object a line, as ethers and viem encode them, and after a change
// with what both make of that.
import { AbiCoder, FunctionFragment } from "ethers";
import { decodeAbiParameters, encodeAbiParameters, parseAbiParameters } from "viem";
import { calldataCase } from "./calldata.mjs";
import { corrupt, isCanonical } from "./corrupt.mjs";
import { Random } from "./random.mjs";
import { same } from "./same.mjs";

const [seed, count] = process.argv.slice(2).map(Number);
const random = new Random(seed);
const coder = AbiCoder.defaultAbiCoder();
for (let i = 0; i < count; i++) {
  const { signature, encoded, values } = calldataCase(random);
  const { inputs } = FunctionFragment.from(`function ${signature}`);
  const parameters = parseAbiParameters(signature.slice(signature.indexOf("(") + 1, -1));
  const changed = corrupt(random, encoded);
  const byEthers = isCanonical(changed, (hex) => coder.decode(inputs, hex), (decoded) => coder.encode(inputs, decoded));
  const byViem = isCanonical(changed, (hex) => decodeAbiParameters(parameters, hex), (decoded) => encodeAbiParameters(parameters, decoded));
  same(byViem, byEthers, `viem and ethers: ${signature} ${changed}`);
  const line = `${JSON.stringify({ signature, encoded, values, changed, accepted: byEthers })}\n`;
  if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once("drain", resolve));
}
