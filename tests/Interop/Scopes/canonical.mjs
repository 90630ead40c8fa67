// RFC 8785 for documents of objects, lists, strings, booleans and whole numbers, and what a grant signs of a scope.
import { keccak256, stringToHex } from "viem";

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

export const effectiveScopeHash = (scope) => keccak256(stringToHex(canonical({ ceiling: scope, version: 1 })));

/** A file of vectors, one vector a line. */
export function file(origin, scope, vectors) {
  const lines = vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(",\n");
  return `{
  "origin": ${JSON.stringify(origin)},
  "effective_scope_hash": "${effectiveScopeHash(scope)}",
  "scope": ${JSON.stringify(scope)},
  "vectors": [
${lines}
  ]
}
`;
}
