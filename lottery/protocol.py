"""The byte formulas of the draw: pseudonyms, commitments, Merkle tree, seed, tickets.

Integers are big-endian unsigned 64-bit. Source: docs/specs/draw-protocol.md 1.
"""

import hashlib
from collections.abc import Callable, Sequence

PID_BYTES, HASH_BYTES = 16, 32
RECORD_BYTES = PID_BYTES + HASH_BYTES
NO_ENTRIES = hashlib.sha256().digest()

PID = b"pid/v1\x00"
SEED = b"pointdraw/seed/v1\x00"
LEAF, NODE, TICKET, COMMITMENT, OPENING = b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"
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


def member_hider(pid_key: bytes, nonce_key: bytes) -> Callable[[bytes], bytes]:
    """Return a function that computes pid || nonce || m of a WESTER ID.

    Five hashes in a row, written out: through the functions below, which define each of them, a
    million entrants would take half as long again.
    """
    inner, outer = pads_of(pid_key)
    nonce_inner, nonce_outer = pads_of(nonce_key)
    inner += PID
    hash_ = hashlib.sha256

    def hide(wester_id: bytes) -> bytes:
        pid = hash_(outer + hash_(inner + wester_id).digest()).digest()[:PID_BYTES]
        nonce = hash_(nonce_outer + hash_(nonce_inner + pid).digest()).digest()
        return pid + nonce + hash_(OPENING + nonce + wester_id).digest()

    return hide


def pid_of(keyed: Callable[[bytes], bytes], wester_id: bytes) -> bytes:
    """Return a member's pseudonym under the draw's key K.

    Source: docs/specs/draw-protocol.md 2.2.
    """
    return keyed(PID + wester_id)[:PID_BYTES]


def opening_of(nonce: bytes, wester_id: bytes) -> bytes:
    """Return m, which opens a commitment and with the nonce proves whose it is.

    Source: docs/specs/draw-protocol.md 2.3.
    """
    return sha256(OPENING + nonce + wester_id)


def commitment_of(pid: bytes, reward: int, opening: bytes) -> bytes:
    """Return c, which binds pseudonym, reward and member.

    Source: docs/specs/draw-protocol.md 2.3.
    """
    bound = COMMITMENT + pid + reward.to_bytes(8, "big") + opening
    return hashlib.sha256(bound).digest()  # as sha256 and uint64 would, twice as fast


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


def ticket_of(seed: bytes, pid: bytes) -> bytes:
    """Return the hash that an entrant is ordered by; what they spent plays no part.

    Source: docs/specs/draw-protocol.md 3.3.
    """
    return sha256(TICKET + seed + pid)
