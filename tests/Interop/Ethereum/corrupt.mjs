// Changes to an encoding that a decoder may overlook, and whether bytes are still the one encoding of what they decode to.

const wordDigits = 64;

/** Hexadecimal arguments with one change, or the same if they have nothing to change. */
export function corrupt(random, hex) {
  const words = hex.slice(2).match(/.{64}/g) ?? [];
  if (words.length === 0) return hex;
  const at = random.below(words.length);
  // Words that may be offsets or lengths are changed more often than by chance.
  const small = words.flatMap((word, index) => (/^0{60}/.test(word) ? [index] : []));
  const place = small.length > 0 ? random.pick(small) : at;
  const changes = [
    () => (words[at] = flipBit(words[at], random.below(256))),
    () => (words[at] = (random.chance(2) ? "01" : "ff") + words[at].slice(2)),
    () => (words[at] = words[at].slice(0, -2) + "01"),
    () => (words[place] = moved(words[place], 32 * (random.chance(2) ? 1 : -1))),
    () => (words[place] = moved(words[place], random.chance(2) ? 1 : -1)),
    () => (words[place] = words[random.below(words.length)]),
    () => (words[place] = random.hex(32).slice(2)),
    () => words.push("0".repeat(random.pick([2, wordDigits]))),
    () => words.pop(),
    () => words.splice(at, 0, words[at]),
    () => (words[words.length - 1] = words.at(-1).slice(2)),
  ];
  random.pick(changes)();
  return `0x${words.join("")}`;
}

/** Whether a decoder takes the bytes and its encoder makes the same of the values. */
export function isCanonical(hex, decode, encode) {
  try {
    return encode(decode(hex)) === hex;
  } catch {
    return false;
  }
}

function flipBit(word, bit) {
  return (BigInt(`0x${word}`) ^ (1n << BigInt(bit))).toString(16).padStart(wordDigits, "0");
}

function moved(word, by) {
  return ((BigInt(`0x${word}`) + BigInt(by)) & ((1n << 256n) - 1n)).toString(16).padStart(wordDigits, "0");
}
