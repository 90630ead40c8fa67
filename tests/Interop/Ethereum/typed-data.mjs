// Random typed data, hashed by ethers and by viem.
import { SigningKey, TypedDataEncoder, getAddress } from "ethers";
import { hashTypedData } from "viem";
import { same } from "./same.mjs";
import { elementaryType, elementaryValue, splitArray } from "./types.mjs";

export function typedDataCase(random) {
  const types = randomTypes(random);
  const domain = randomDomain(random);
  const message = randomStruct(random, types, "Order");
  const digest = TypedDataEncoder.hash(domain, types, message);
  same(hashTypedData({ domain, types, primaryType: "Order", message }), digest, "viem and ethers: typed data");
  const key = random.key();
  return {
    kind: "typed data",
    payload: JSON.stringify({ types: withDomain(random, types, domain, message), primaryType: "Order", domain: spell(random, domain), message: spell(random, message) }),
    encodedType: TypedDataEncoder.from(types).encodeType("Order"),
    domainSeparator: TypedDataEncoder.hashDomain(domain),
    digest,
    key,
    signature: new SigningKey(key).sign(digest).serialized,
  };
}

// Struct i refers to structs after it only, and each is referred to by the one before.
function randomTypes(random) {
  const names = ["Order", "Person", "Asset", "leg_2", "Z"].slice(0, 1 + random.below(5));
  const suffixes = ["", "", "[]", "[2]", "[][1]", "[3][]"];
  return Object.fromEntries(
    names.map((name, index) => {
      const later = names.slice(index + 1);
      const members = Array.from({ length: 1 + random.below(4) }, () => {
        const base = later.length > 0 && random.chance(4) ? random.pick(later) : elementaryType(random);
        return base + random.pick(suffixes);
      });
      if (later.length > 0) members.push(later[0] + random.pick(suffixes));
      return [name, members.map((type, position) => ({ name: `m${position}_${type.charAt(0)}`, type }))];
    }),
  );
}

function randomDomain(random) {
  const all = {
    name: random.text(),
    version: random.text(),
    chainId: random.uint(256),
    verifyingContract: getAddress(random.hex(20)),
    salt: random.hex(32),
  };
  const kept = Object.entries(all).filter(() => !random.chance(3));
  return Object.fromEntries(kept.length > 0 ? kept : [["name", all.name]]);
}

function randomStruct(random, types, name) {
  return Object.fromEntries(types[name].map((member) => [member.name, randomValue(random, types, member.type)]));
}

function randomValue(random, types, type) {
  const array = splitArray(type);
  if (array) return Array.from({ length: array.length ?? random.below(3) }, () => randomValue(random, types, array.element));
  return types[type] ? randomStruct(random, types, type) : elementaryValue(random, type);
}

// The domain's type is sometimes declared, as wallets want it, and sometimes left to the domain.
function withDomain(random, types, domain, message) {
  return random.chance(2) ? types : { EIP712Domain: TypedDataEncoder.getPayload(domain, types, message).types.EIP712Domain, ...types };
}

// Integers in each of the spellings that JSON leaves.
function spell(random, value) {
  if (Array.isArray(value)) return value.map((item) => spell(random, item));
  if (typeof value === "bigint") {
    const small = value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER;
    if (small && random.chance(2)) return Number(value);
    return value >= 0n && random.chance(3) ? `0x${value.toString(16)}` : value.toString();
  }
  return typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spell(random, item)])) : value;
}
