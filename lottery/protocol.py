"""The byte formulas of the draw: pseudonyms, commitments, Merkle tree, seed, tickets.

Integers are big-endian and unsigned. Prizes and lots are numbered from 1. Bit i - 1 of a mask
stands for prize i. Source: docs/specs/draw-protocol.md 1.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Sequence

PID_BYTES, HASH_BYTES = 16, 32
NUMBERS = struct.Struct(">HH")  # lots and mask, as a record has them
RECORD_BYTES = PID_BYTES + NUMBERS.size + HASH_BYTES
COMMITMENT_AT = PID_BYTES + NUMBERS.size  # where c begins in a record
MAX_PRIZES, MAX_LOTS = 16, 65_535  # of a plan; of an entrant
MAX_ENTRANTS, MAX_LOTS_TOTAL = 10_000_000, 100_000_000
NO_ENTRIES = hashlib.sha256().digest()

PID = b"pid/v1\x00"
SEED = b"pointdraw/seed/v2\x00"
LEAF, NODE, TICKET = b"\x00", b"\x01", b"\x02"
COMMITMENT, OPENING, REWARD = b"\x03", b"\x04", b"\x05"
UINT16 = tuple(number.to_bytes(2, "big") for number in range(1 << 16))
# Records under one subtree; a power of two, so that the subtrees of full blocks are nodes.
BLOCK = 1_024


def sha256(data: bytes) -> bytes:
    """Return H of the protocol."""
    return hashlib.sha256(data).digest()


def keyed_hash(key: bytes) -> Callable[[bytes], bytes]:
    """Return HMAC-SHA-256 under a key of at most 64 bytes.

    ``hmac.digest`` prepares the key again for every message and takes three times as long.
    """
    inner, outer = pads_of(key)
    hash_ = hashlib.sha256

    def digest(message: bytes) -> bytes:
        return hash_(outer + hash_(inner + message).digest()).digest()

    return digest


def pads_of(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer key blocks of HMAC (RFC 2104)."""
    block = key.ljust(hashlib.sha256().block_size, b"\x00")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def pid_of(keyed: Callable[[bytes], bytes], wester_id: bytes) -> bytes:
    """Return a member's pseudonym under the draw's key K.

    Source: docs/specs/draw-protocol.md 2.2.
    """
    return keyed(PID + wester_id)[:PID_BYTES]


def nonce_of(keyed: Callable[[bytes], bytes], pid: bytes, prize: int) -> bytes:
    """Return an entrant's nonce for a prize, under the draw's second key K2.

    Source: docs/specs/draw-protocol.md 2.3.
    """
    return keyed(pid + UINT16[prize])


def opening_of(nonce: bytes, wester_id: bytes) -> bytes:
    """Return m_i, which opens the commitment to a reward and with the nonce proves whose it is.

    Source: docs/specs/draw-protocol.md 2.3.
    """
    return sha256(OPENING + nonce + wester_id)


def reward_commitment(pid: bytes, prize: int, reward: int, opening: bytes) -> bytes:
    """Return c_i, which binds pseudonym, prize, reward in points (0: none) and member.

    Source: docs/specs/draw-protocol.md 2.3.
    """
    return sha256(REWARD + pid + UINT16[prize] + uint64(reward) + opening)


def commitment_of(pid: bytes, lots: int, mask: int, parts: Iterable[bytes]) -> bytes:
    """Return c, which binds an entrant's lots, mask and c_1 to c_n.

    Source: docs/specs/draw-protocol.md 2.3.
    """
    return sha256(COMMITMENT + pid + NUMBERS.pack(lots, mask) + b"".join(parts))


def mask_of(rewards: Iterable[int]) -> int:
    """Return the mask of the prizes in which an entrant has a reward.

    Source: docs/specs/draw-protocol.md 2.1.
    """
    return sum(1 << place for place, reward in enumerate(rewards) if reward)


def record_of(pid: bytes, lots: int, mask: int, commitment: bytes) -> bytes:
    """Return an entrant's record of entries.bin.

    Source: docs/specs/draw-protocol.md 2.4.
    """
    return pid + NUMBERS.pack(lots, mask) + commitment


def pid_maker(pid_key: bytes) -> Callable[[bytes], bytes]:
    """Return a function that computes the pid of a WESTER ID, as ``pid_of`` does."""
    inner, outer = pads_of(pid_key)
    inner += PID
    hash_ = hashlib.sha256

    def make_pid(wester_id: bytes) -> bytes:
        return hash_(outer + hash_(inner + wester_id).digest()).digest()[:PID_BYTES]

    return make_pid


def member_hider(nonce_key: bytes, prizes: int) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    """Return a function of pid and WESTER ID that computes all nonces, and all openings, joined.

    Each is 32 bytes for each prize. Written out: through the functions above, which define each
    hash, a million entrants would take half as long again.
    """
    inner, outer = pads_of(nonce_key)
    hash_, numbers = hashlib.sha256, UINT16[1 : prizes + 1]

    def hide(pid: bytes, wester_id: bytes) -> tuple[bytes, bytes]:
        start = inner + pid
        nonces = [hash_(outer + hash_(start + number).digest()).digest() for number in numbers]
        openings = [hash_(OPENING + nonce + wester_id).digest() for nonce in nonces]
        return b"".join(nonces), b"".join(openings)

    return hide


def seal_record(pid: bytes, lots: int, rewards: Sequence[int], openings: bytes) -> bytes:
    """Return an entrant's record from their rewards (0: none) and joined openings, prize by prize.

    Its mask follows from the rewards. Source: docs/specs/draw-protocol.md 2.1, 2.3, 2.4.
    """
    hash_, start, mask = hashlib.sha256, REWARD + pid, 0
    bound = []
    for place, reward in enumerate(rewards):
        if reward:
            mask |= 1 << place
        opening = openings[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        part = start + UINT16[place + 1] + reward.to_bytes(8, "big") + opening
        bound.append(hash_(part).digest())
    head = pid + NUMBERS.pack(lots, mask)
    return head + hash_(COMMITMENT + head + b"".join(bound)).digest()


def split_hashes(joined: bytes) -> list[bytes]:
    """Return the hashes of 32 bytes that are joined."""
    return [joined[start : start + HASH_BYTES] for start in range(0, len(joined), HASH_BYTES)]


def uint64(number: int) -> bytes:
    """Return eight bytes, the most significant first."""
    return number.to_bytes(8, "big")


def leaf_of(record: bytes) -> bytes:
    """Return the leaf of a record of entries.bin.

    Source: docs/specs/draw-protocol.md 2.5.
    """
    return sha256(LEAF + record)


def join_nodes(level: Sequence[bytes]) -> list[bytes]:
    """Return the level above: pairs are hashed, an odd last node moves up unchanged."""
    hash_ = hashlib.sha256
    even = len(level) & ~1
    above = [
        hash_(NODE + left + right).digest()
        for left, right in zip(level[0:even:2], level[1:even:2], strict=True)
    ]
    above.extend(level[even:])
    return above


def root_of(nodes: Sequence[bytes]) -> bytes:
    """Return the root above the nodes of one level; without nodes, H of b""."""
    if not nodes:
        return NO_ENTRIES
    while len(nodes) > 1:
        nodes = join_nodes(nodes)
    return nodes[0]


def subtrees_of(entries: bytes) -> list[bytes]:
    """Return the roots over each ``BLOCK`` records of entries.bin, one level of the whole tree."""
    size = BLOCK * RECORD_BYTES
    return [
        root_of(leaves_of(entries[start : start + size])) for start in range(0, len(entries), size)
    ]


def leaves_of(records: bytes) -> list[bytes]:
    """Return the leaves of concatenated records."""
    hash_ = hashlib.sha256
    return [
        hash_(LEAF + records[start : start + RECORD_BYTES]).digest()
        for start in range(0, len(records), RECORD_BYTES)
    ]


def path_of(nodes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the siblings from a node up to the root (RFC 9162, section 2.1.3)."""
    path = []
    while len(nodes) > 1:
        sibling = index ^ 1
        if sibling < len(nodes):
            path.append(nodes[sibling])
        nodes, index = join_nodes(nodes), index // 2
    return path


def path_in_blocks(subtrees: Sequence[bytes], block: bytes, index: int) -> list[bytes]:
    """Return the path of a record from all subtrees and its block's records."""
    below = path_of(leaves_of(block), index % BLOCK)
    return below + path_of(subtrees, index // BLOCK)


def seed_of(manifest_sha256: bytes, round_number: int, randomness: bytes) -> bytes:
    """Return the seed of the order.

    Source: docs/specs/draw-protocol.md 3.2.
    """
    return sha256(SEED + manifest_sha256 + uint64(round_number) + randomness)


def ticket_of(seed: bytes, pid: bytes, lot: int) -> bytes:
    """Return the ticket of a lot: the hash that it is ordered by; what was spent plays no part.

    Source: docs/specs/draw-protocol.md 3.3.
    """
    return sha256(TICKET + seed + pid + UINT16[lot])


def winning_lot(seed: bytes, pid: bytes, lots: int) -> tuple[bytes, int]:
    """Return an entrant's ticket, the least of their lots', and the number of that lot.

    Source: docs/specs/draw-protocol.md 3.3.
    """
    hash_, start = hashlib.sha256, TICKET + seed + pid
    least = min([hash_(start + lot).digest() + lot for lot in UINT16[1 : lots + 1]])
    return least[:HASH_BYTES], int.from_bytes(least[HASH_BYTES:], "big")
