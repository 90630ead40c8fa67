// Random user operations of ERC-4337, hashed by viem as the EntryPoint of each version does.
import { getAddress, hashMessage, numberToHex } from "viem";
import { getUserOperationHash } from "viem/account-abstraction";

export function userOperationCase(random) {
  const version = random.pick(["0.6", "0.7", "0.8", "0.9"]);
  const entryPoint = getAddress(random.hex(20));
  const chain = random.pick([1, 10, 8453, 31337, 2 ** 40 + 1]);
  const members = {
    sender: random.chance(2) ? getAddress(random.hex(20)) : random.hex(20),
    nonce: random.uint(256),
    callData: bytes(random),
    callGasLimit: random.uint(120),
    verificationGasLimit: random.uint(120),
    preVerificationGas: random.uint(120),
    maxFeePerGas: random.uint(120),
    maxPriorityFeePerGas: random.uint(120),
    ...(version === "0.6" ? packedMembers(random) : unpackedMembers(random)),
  };
  const hash = getUserOperationHash({
    chainId: chain,
    entryPointAddress: entryPoint,
    entryPointVersion: version,
    userOperation: { ...members, signature: "0x" },
  });
  return {
    kind: "user operation",
    version,
    entryPoint,
    chain: String(chain),
    json: JSON.stringify(members, (_, value) => (typeof value === "bigint" ? numberToHex(value) : value)),
    hash,
    personalMessage: hashMessage({ raw: hash }),
  };
}

const bytes = (random) => random.hex(random.pick([0, 1, 4, 36, 68, 300]));

const packed = (random) => (random.chance(2) ? "0x" : `${random.hex(20)}${bytes(random).slice(2)}`);

const packedMembers = (random) => ({ initCode: packed(random), paymasterAndData: packed(random) });

const unpackedMembers = (random) => ({
  ...(random.chance(2) ? {} : { factory: random.hex(20), factoryData: bytes(random) }),
  ...(random.chance(2)
    ? {}
    : {
        paymaster: random.hex(20),
        paymasterVerificationGasLimit: random.uint(120),
        paymasterPostOpGasLimit: random.uint(120),
        paymasterData: bytes(random),
      }),
});
