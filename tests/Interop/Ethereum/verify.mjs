// node verify.mjs FILE: reads cases, one JSON object a line, and checks with ethers and viem what this project made of them.
import { readFileSync } from "node:fs";
import { AbiCoder, FunctionFragment, Transaction, TypedDataEncoder, keccak256, verifyTypedData } from "ethers";
import { decodeAbiParameters, encodeAbiParameters, hashTypedData, parseAbiParameters, recoverTransactionAddress } from "viem";
import { plain } from "./calldata.mjs";
import { same } from "./same.mjs";

const verifiers = {
  async transaction({ unsigned, signingHash, signed, hash, sender }) {
    const transaction = Transaction.from(signed);
    same(transaction.unsignedSerialized, unsigned, "ethers: unsigned transaction");
    same(transaction.unsignedHash, signingHash, "ethers: signing hash");
    same(transaction.serialized, signed, "ethers: signed transaction");
    same(transaction.hash, hash, "ethers: transaction hash");
    same(transaction.from, sender, "ethers: sender");
    same(keccak256(unsigned), signingHash, "signing hash");
    if (transaction.chainId > BigInt(Number.MAX_SAFE_INTEGER)) return;
    same(await recoverTransactionAddress({ serializedTransaction: signed }), sender, "viem: sender");
  },

  async calldata({ signature, canonical, selector, encoded, values }) {
    const fragment = FunctionFragment.from(`function ${signature}`);
    same(fragment.format("sighash"), canonical, "ethers: canonical signature");
    same(fragment.selector, selector, "ethers: selector");
    const decoded = AbiCoder.defaultAbiCoder().decode(fragment.inputs, encoded);
    same(JSON.stringify(plain(decoded)), JSON.stringify(values), "ethers: values");
    same(AbiCoder.defaultAbiCoder().encode(fragment.inputs, decoded), encoded, "ethers: encoded again");
    const parameters = parseAbiParameters(signature.slice(signature.indexOf("(") + 1, -1));
    const decodedByViem = decodeAbiParameters(parameters, encoded);
    same(JSON.stringify(plain(decodedByViem)), JSON.stringify(values), "viem: values");
    same(encodeAbiParameters(parameters, decodedByViem), encoded, "viem: encoded again");
  },

  async "typed data"({ payload, encodedType, domainSeparator, digest, signature, signer }) {
    const { domain, types, primaryType, message } = JSON.parse(payload);
    const { EIP712Domain: _, ...messageTypes } = types;
    same(TypedDataEncoder.from(messageTypes).encodeType(primaryType), encodedType, "ethers: encoded type");
    same(TypedDataEncoder.hashDomain(domain), domainSeparator, "ethers: domain separator");
    same(TypedDataEncoder.hash(domain, messageTypes, message), digest, "ethers: digest");
    same(hashTypedData({ domain, types, primaryType, message }), digest, "viem: digest");
    same(verifyTypedData(domain, messageTypes, message, signature), signer, "ethers: signer");
  },
};

const lines = readFileSync(process.argv[2], "utf8").trimEnd().split("\n");
for (const [index, line] of lines.entries()) {
  const entry = JSON.parse(line);
  try {
    await verifiers[entry.kind](entry);
  } catch (error) {
    throw new Error(`case ${index}: ${line}`, { cause: error });
  }
}
process.stdout.write(`${lines.length} cases agree\n`);
