// node generate.mjs SEED COUNT: prints COUNT cases of each kind with what ethers and viem make of them, one JSON object a line.
import { Random } from "./random.mjs";
import { calldataCase } from "./calldata.mjs";
import { transactionCase } from "./transactions.mjs";
import { typedDataCase } from "./typed-data.mjs";
import { userOperationCase } from "./user-operations.mjs";

const [seed, count] = process.argv.slice(2).map(Number);
const random = new Random(seed);
const lines = [];
for (let i = 0; i < count; i++) {
  for (const make of [transactionCase, calldataCase, typedDataCase, userOperationCase]) lines.push(JSON.stringify(make(random)));
}
process.stdout.write(`${lines.join("\n")}\n`);
