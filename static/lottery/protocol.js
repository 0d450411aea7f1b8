// The formulas of the draw protocol, pointdraw/1, that a receipt needs. Bytes go in, bytes come out.

import { fromText, hash, uint64 } from "./bytes.js";

const NULL_BYTE = 0;

export function identityOf(nonce, westerId) {
  return hash(4, nonce, fromText(westerId));
}

export function commitmentOf(pid, reward, identity) {
  return hash(3, pid, uint64(reward), identity);
}

export function leafOf(pid, commitment) {
  return hash(0, pid, commitment);
}

// From the leaf to the root, by RFC 9162 section 2.1.3.2; null where the path does not fit the place.
export async function rootOf(leaf, index, count, path) {
  let node = leaf;
  let place = index;
  let last = count - 1;
  for (const other of path) {
    if (last === 0) {
      return null;
    }
    if (place % 2 === 1 || place === last) {
      node = await hash(1, other, node);
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      node = await hash(1, node, other);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? node : null;
}

export function seedOf(manifestHash, round, randomness) {
  return hash(fromText("pointdraw/seed/v1"), NULL_BYTE, manifestHash, uint64(round), randomness);
}

export function ticketOf(seed, pid) {
  return hash(2, seed, pid);
}
