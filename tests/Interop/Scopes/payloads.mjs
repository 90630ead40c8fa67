// What vectors are made of: addresses, transactions, calldata, verdicts.
import { encodeFunctionData, parseAbi, serializeTransaction } from "viem";

export const token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
export const other = "0x6B175474E89094C44Da98b954EedeAC495271d0F";
export const alice = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
export const bob = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
export const now = 1_700_000_000;

/** Calldata of a function in human-readable form. */
export function call(signature, ...args) {
  const abi = parseAbi([`function ${signature}`]);
  return encodeFunctionData({ abi, functionName: abi[0].name, args });
}

/** An unsigned type 2 transaction on chain 1. */
export const transaction = (to, data, value = 0n) =>
  serializeTransaction({
    type: "eip1559",
    chainId: 1,
    nonce: 7,
    gas: 300_000n,
    maxFeePerGas: 30_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    to,
    data,
    value,
  });

export const allowed = (name, payload, by, debits = {}) => ({ name, now, ...payload, allowed_by: `ceiling.permissions[${by}]`, debits });

export const denied = (name, payload, reason, rule, observed, limit) => ({
  name,
  now,
  ...payload,
  denial: [reason, `ceiling.${rule}`, observed, limit],
});
