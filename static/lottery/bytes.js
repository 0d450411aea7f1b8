// Bytes, hexadecimal and SHA-256, as the draw protocol writes them. Hex is lower case throughout:
// compared as text it is in the order of the bytes.

const HEX = /^(?:[0-9a-f]{2})*$/;

export function isHex(text, size) {
  return typeof text === "string" && text.length === 2 * size && HEX.test(text);
}

export function fromHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let place = 0; place < bytes.length; place += 1) {
    bytes[place] = Number.parseInt(text.slice(2 * place, 2 * place + 2), 16);
  }
  return bytes;
}

export function toHex(bytes) {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

export function fromText(text) {
  return new TextEncoder().encode(text);
}

// Eight bytes, big-endian.
export function uint64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

// Two bytes, big-endian.
export function uint16(number) {
  return Uint8Array.of(number >> 8, number & 255);
}

// SHA-256 over the parts one after another; a number is one byte.
export async function hash(...parts) {
  const pieces = parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part));
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}
