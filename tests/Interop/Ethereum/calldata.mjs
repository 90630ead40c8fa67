// Random arguments, encoded by ethers and by viem.
import { AbiCoder, FunctionFragment } from "ethers";
import { encodeAbiParameters } from "viem";
import { same } from "./same.mjs";
import { elementaryValue, randomParameters, splitArray } from "./types.mjs";

export function calldataCase(random) {
  const parameters = randomParameters(random, 4, 3);
  const values = parameters.map((parameter) => randomValue(random, parameter));
  const signature = `f(${parameters.map(declare).join(", ")})`;
  const fragment = FunctionFragment.from(`function ${signature}`);
  const encoded = AbiCoder.defaultAbiCoder().encode(fragment.inputs, values);
  same(encodeAbiParameters(parameters, values), encoded, "viem and ethers: arguments");
  return {
    kind: "calldata",
    signature,
    canonical: fragment.format("sighash"),
    selector: fragment.selector,
    encoded,
    values: parameters.map((parameter, index) => plain(values[index])),
  };
}

function declare({ type, name, components }) {
  return `${components ? type.replace("tuple", `(${components.map(declare).join(", ")})`) : type} ${name}`;
}

function randomValue(random, parameter) {
  const array = splitArray(parameter.type);
  if (array) {
    const element = { ...parameter, type: array.element };
    return array.length === null
      ? random.list(3, () => randomValue(random, element))
      : Array.from({ length: array.length }, () => randomValue(random, element));
  }
  return parameter.components
    ? Object.fromEntries(parameter.components.map((member) => [member.name, randomValue(random, member)]))
    : elementaryValue(random, parameter.type);
}

// Arrays of text, the form both sides compare.
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "object" ? Object.values(value).map(plain) : String(value);
}
