// Random ABI types with values: { type, name?, components? } as ethers and viem describe parameters.
import { getAddress } from "ethers";

export function randomParameters(random, countMax, depth) {
  return Array.from({ length: 1 + random.below(countMax) }, (_, index) => ({
    ...randomType(random, depth),
    name: random.pick(["amount", "to", "_x", "$y", "orderId", "Z9"]) + index,
  }));
}

function randomType(random, depth) {
  const form = depth === 0 ? 0 : random.below(6);
  if (form === 1) return { type: "tuple", components: randomParameters(random, 3, depth - 1) };
  if (form === 2 || form === 3) {
    const element = randomType(random, depth - 1);
    return { ...element, type: `${element.type}[${form === 2 ? "" : 1 + random.below(3)}]` };
  }
  return { type: elementaryType(random) };
}

export function elementaryType(random) {
  const bits = 8 * (1 + random.below(32));
  return random.pick(["address", "bool", "string", "bytes", `uint${bits}`, `int${bits}`, "uint256", `bytes${bits / 8}`]);
}

export function elementaryValue(random, type) {
  if (type === "address") return getAddress(random.hex(20));
  if (type === "bool") return random.chance(2);
  if (type === "string") return random.text();
  if (type === "bytes") return random.hex(random.pick([0, 1, 31, 32, 33, 100]));
  if (type.startsWith("uint")) return random.uint(Number(type.slice(4)));
  if (type.startsWith("int")) return random.int(Number(type.slice(3)));
  return random.hex(Number(type.slice(5)));
}

export function splitArray(type) {
  const match = /^(.*)\[(\d*)\]$/.exec(type);
  return match && { element: match[1], length: match[2] === "" ? null : Number(match[2]) };
}
