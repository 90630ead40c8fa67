// node verify-abi.mjs FILE: reads lines in the form of generate-abi.mjs that this project made, and checks them with ethers and viem.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { AbiCoder, FunctionFragment } from "ethers";
import { decodeAbiParameters, encodeAbiParameters, parseAbiParameters } from "viem";
import { plain } from "./calldata.mjs";
import { isCanonical } from "./corrupt.mjs";
import { same } from "./same.mjs";

const coder = AbiCoder.defaultAbiCoder();
let count = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const { signature, encoded, values, changed, accepted } = JSON.parse(line);
  const { inputs } = FunctionFragment.from(`function ${signature}`);
  const parameters = parseAbiParameters(signature.slice(signature.indexOf("(") + 1, -1));
  const libraries = {
    ethers: [(hex) => coder.decode(inputs, hex), (decoded) => coder.encode(inputs, decoded)],
    viem: [(hex) => decodeAbiParameters(parameters, hex), (decoded) => encodeAbiParameters(parameters, decoded)],
  };
  for (const [name, [decode, encode]] of Object.entries(libraries)) {
    const decoded = decode(encoded);
    same(JSON.stringify(plain(decoded)), JSON.stringify(values), `${name}: values\n${line}`);
    same(encode(decoded), encoded, `${name}: encoded again\n${line}`);
    same(isCanonical(changed, decode, encode), accepted, `${name}: whether the changed bytes are an encoding\n${line}`);
  }
  count++;
}
process.stdout.write(`${count} cases agree\n`);
