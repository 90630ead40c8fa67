export function same(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}\n  ${actual}\n  ${expected}`);
}
