// Random transactions, serialized and signed by ethers and, where it can express them, by viem.
import { SigningKey, Transaction, computeAddress, getAddress } from "ethers";
import { keccak256, serializeTransaction } from "viem";
import { same } from "./same.mjs";

const viemTypes = ["legacy", "eip2930", "eip1559", "eip4844", "eip7702"];

export function transactionCase(random) {
  const type = random.below(5);
  const key = random.key();
  const fields = randomFields(random, type);
  const transaction = Transaction.from(fields);
  const signature = new SigningKey(key).sign(transaction.unsignedHash);
  const unsigned = transaction.unsignedSerialized;
  const signingHash = transaction.unsignedHash;
  transaction.signature = signature;
  const expected = {
    kind: "transaction",
    key,
    unsigned,
    signingHash,
    signed: transaction.serialized,
    hash: transaction.hash,
    sender: computeAddress(key),
  };
  compareWithViem(type, fields, signature, expected);
  return expected;
}

function randomFields(random, type) {
  const mayCreate = type <= 2;
  const fields = {
    type,
    nonce: Number(random.uint(53) >> 1n),
    gasLimit: random.uint(64),
    to: mayCreate && random.chance(8) ? null : getAddress(random.hex(20)),
    value: random.uint(256),
    data: random.hex(random.pick([0, 1, 4, 36, 68, 300])),
    chainId: random.chance(3) ? random.uint(254) + 1n : random.uint(40) + 1n,
  };
  if (type === 0 && random.chance(3)) fields.chainId = 0n;
  if (type <= 1) {
    fields.gasPrice = random.uint(256);
  } else {
    fields.maxFeePerGas = random.uint(256);
    fields.maxPriorityFeePerGas = fields.maxFeePerGas >> BigInt(random.below(256));
  }
  if (type >= 1) {
    fields.accessList = random.list(3, () => ({
      address: getAddress(random.hex(20)),
      storageKeys: random.list(3, () => random.hex(32)),
    }));
  }
  if (type === 3) {
    fields.maxFeePerBlobGas = random.uint(256);
    fields.blobVersionedHashes = [random.hex(31), ...random.list(3, () => random.hex(31))].map((hash) => `0x01${hash.slice(2)}`);
  }
  if (type === 4) fields.authorizationList = random.list(3, () => authorization(random));
  return fields;
}

function authorization(random) {
  const signature = new SigningKey(random.key()).sign(random.hex(32));
  return { address: getAddress(random.hex(20)), chainId: random.uint(53), nonce: random.uint(53), signature };
}

function compareWithViem(type, fields, signature, expected) {
  if (fields.chainId > BigInt(Number.MAX_SAFE_INTEGER)) return;
  // viem knows no transaction of type 4 without authorizations.
  if (type === 4 && fields.authorizationList.length === 0) return;
  const transaction = {
    ...fields,
    type: viemTypes[type],
    to: fields.to ?? undefined,
    chainId: fields.chainId === 0n ? undefined : Number(fields.chainId),
    gas: fields.gasLimit,
    authorizationList: fields.authorizationList?.map((entry) => ({
      address: entry.address,
      chainId: Number(entry.chainId),
      nonce: Number(entry.nonce),
      r: entry.signature.r,
      s: entry.signature.s,
      yParity: entry.signature.yParity,
    })),
  };
  same(serializeTransaction(transaction), expected.unsigned, "viem and ethers: unsigned transaction");
  const { r, s, yParity } = signature;
  const signed = serializeTransaction(transaction, { r, s, yParity, v: BigInt(27 + yParity) });
  same(signed, expected.signed, "viem and ethers: signed transaction");
  same(keccak256(signed), expected.hash, "viem and ethers: transaction hash");
}
