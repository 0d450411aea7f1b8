// The formulas of the draw protocol, pointdraw/2, that a receipt needs. Bytes go in, bytes come out.

import { fromText, hash, toHex, uint16, uint64 } from "./bytes.js";

const NULL_BYTE = 0;

export function identityOf(nonce, westerId) {
  return hash(4, nonce, fromText(westerId));
}

// Of one prize; prizes are numbered from 1.
export function rewardCommitmentOf(pid, prize, reward, identity) {
  return hash(5, pid, uint16(prize), uint64(reward), identity);
}

export function commitmentOf(pid, lots, mask, parts) {
  return hash(3, pid, uint16(lots), uint16(mask), ...parts);
}

export function leafOf(pid, lots, mask, commitment) {
  return hash(0, pid, uint16(lots), uint16(mask), commitment);
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
  return hash(fromText("pointdraw/seed/v2"), NULL_BYTE, manifestHash, uint64(round), randomness);
}

export function ticketOf(seed, pid, lot) {
  return hash(2, seed, pid, uint16(lot));
}

// The least ticket of an entrant's lots, in hex, and the number of that lot.
export async function leastTicket(seed, pid, lots) {
  const numbers = Array.from({ length: lots }, (_, place) => place + 1);
  const tickets = await Promise.all(numbers.map((lot) => ticketOf(seed, pid, lot)));
  return tickets
    .map((ticket, place) => ({ ticket: toHex(ticket), lot: place + 1 }))
    .reduce((least, one) => (one.ticket < least.ticket ? one : least));
}

export function hasBit(mask, prize) {
  return Math.floor(mask / 2 ** (prize - 1)) % 2 === 1;
}
