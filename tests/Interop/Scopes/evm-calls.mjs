// The calls that contracts make of calldata, read as the EVM reads it: a word wherever an offset points, whatever else stands there. Written after the
// contracts and their specifications, not after this project. Undefined where a contract reverts or reads past its input.

const wordSize = 32n;
const addressOf = (word) => `0x${(word & ((1n << 160n) - 1n)).toString(16).padStart(40, "0")}`;

class Reverted extends Error {}

class Input {
  constructor(hex) {
    this.digits = hex.slice(2);
    this.size = BigInt(this.digits.length / 2);
  }

  slice(start, length) {
    if (start < 0n || length > this.size || start + length > this.size) throw new Reverted();
    return `0x${this.digits.slice(Number(start) * 2, Number(start + length) * 2)}`;
  }

  number(start, length) {
    return length === 0n ? 0n : BigInt(this.slice(start, length));
  }

  word(start) {
    return this.number(start, wordSize);
  }

  /** bytes whose offset stands at a place and counts from another. */
  bytes(place, from = 0n) {
    const start = from + this.word(place);
    return this.slice(start + wordSize, this.word(start));
  }

  /** Where the elements of an array begin whose offset stands at a place, and how many there are. */
  array(place) {
    const start = this.word(place);
    const count = this.word(start);
    if (count * wordSize > this.size) throw new Reverted();
    return { start: start + wordSize, places: Array.from({ length: Number(count) }, (_, i) => start + wordSize * BigInt(i + 1)) };
  }

  /** (address, uint256, bytes) at a place. */
  execution(start) {
    return { target: addressOf(this.word(start)), value: this.word(start + 32n), data: this.bytes(start + 64n, start) };
  }

  executions(place) {
    const { start, places } = this.array(place);
    return places.map((element) => this.execution(start + this.word(element)));
  }
}

const delegated = (call, isDelegated) => ({ ...call, delegated: isDelegated });

function multicall(input, place, outer) {
  const { start, places } = input.array(place);
  return places.map((element) => ({ target: outer.to, value: outer.value, data: input.bytes(element, start) }));
}

function arrays(input, hasValues) {
  const [targets, values, datas] = hasValues ? [0n, 32n, 64n] : [0n, null, 32n];
  const targetPlaces = input.array(targets).places;
  const { start, places } = input.array(datas);
  const valuePlaces = values === null ? targetPlaces : input.array(values).places;
  if (places.length !== targetPlaces.length || valuePlaces.length !== targetPlaces.length) throw new Reverted();
  return targetPlaces.map((place, i) => ({
    target: addressOf(input.word(place)),
    value: values === null ? 0n : input.word(valuePlaces[i]),
    data: input.bytes(places[i], start),
  }));
}

// ERC-7579: target (20 bytes), value (32), data; or the encoding of an array of executions.
function erc7579(input) {
  const mode = input.slice(0n, wordSize);
  const data = new Input(input.bytes(32n));
  if (mode.startsWith("0x01")) return data.executions(0n);
  const call = { target: addressOf(data.number(0n, 20n)), value: data.number(20n, 32n), data: data.slice(52n, data.size - 52n) };
  return [delegated(call, !mode.startsWith("0x00"))];
}

// MultiSend: operation (1 byte), to (20), value (32), length (32), data, until the end.
function multiSend(input) {
  const packed = new Input(input.bytes(0n));
  const calls = [];
  for (let at = 0n; at < packed.size; ) {
    const length = packed.number(at + 53n, wordSize);
    const call = { target: addressOf(packed.number(at + 1n, 20n)), value: packed.number(at + 21n, wordSize), data: packed.slice(at + 85n, length) };
    calls.push(delegated(call, packed.number(at, 1n) !== 0n));
    at += 85n + length;
  }
  return calls;
}

const readers = {
  "multicall(bytes[])": (input, outer) => multicall(input, 0n, outer),
  "multicall(uint256,bytes[])": (input, outer) => multicall(input, 32n, outer),
  "execute(bytes32,bytes)": erc7579,
  "execute(address,uint256,bytes)": (input) => [input.execution(0n)],
  "executeBatch((address,uint256,bytes)[])": (input) => input.executions(0n),
  "executeBatch(address[],uint256[],bytes[])": (input) => arrays(input, true),
  "executeBatch(address[],bytes[])": (input) => arrays(input, false),
  "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)": (input) => [
    delegated(input.execution(0n), (input.word(96n) & 0xffn) !== 0n),
  ],
  "multiSend(bytes)": multiSend,
};

/** The calls of a contract that is called with arguments; null if it reverts or delegates its own storage away. */
export function callsOf(signature, args, outer) {
  try {
    const calls = readers[signature](new Input(args), outer);
    return calls.some((call) => call.delegated) ? null : calls.map(({ target, value, data }) => [target.toLowerCase(), value.toString(), data]);
  } catch (error) {
    if (error instanceof Reverted) return null;
    throw error;
  }
}
