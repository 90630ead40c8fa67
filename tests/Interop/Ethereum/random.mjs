// Random values that a seed repeats exactly.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  // mulberry32
  #next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  below(bound) {
    return this.#next() % bound;
  }

  chance(oneIn) {
    return this.below(oneIn) === 0;
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  list(lengthMax, make) {
    return Array.from({ length: this.below(lengthMax + 1) }, make);
  }

  hex(length) {
    let text = "0x";
    for (let i = 0; i < length; i++) text += this.below(256).toString(16).padStart(2, "0");
    return text;
  }

  // Every width is as likely, and the largest value occurs.
  uint(bits) {
    if (this.chance(20)) return (1n << BigInt(bits)) - 1n;
    const width = this.below(bits + 1);
    return width === 0 ? 0n : BigInt(this.hex(32)) & ((1n << BigInt(width)) - 1n);
  }

  int(bits) {
    const magnitude = this.uint(bits - 1);
    return this.chance(2) ? magnitude : -magnitude - 1n;
  }

  text() {
    return this.list(40, () => this.pick([..."abcXYZ 019_-\"\\/\n\u0000\u001b\u2028éß中🚀\u0301"])).join("");
  }

  key() {
    return `0x01${this.hex(31).slice(2)}`;
  }
}
