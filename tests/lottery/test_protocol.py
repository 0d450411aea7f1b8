"""The formulas, against the protocol's check values and against plain second versions of them."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery import protocol

MANIFEST = hashlib.sha256(b"example manifest").digest()
SEED = "391c85cd6921d59589dcf8650b95d2b7ec479b25e2cd8262f7b8c7c455262ca5"
PID = bytes(range(16))
MEMBER, NONCE, REWARD = b"M00000001", bytes(32), 12_345
OPENING = "54b32ad9f5429e3b978492136bb344b87b2779208a52f55dc0450d53c011f261"
COMMITMENT = "ce5e3810c1a32ac28bfd582b2afda4748e9ffc184116d30d59ca77e0052f8a15"
LEAF = "d9b1b185d1849ca90eba33f2cd02ab2d4feebdb28eb1544f9e75d2c986c3b5e8"
# A busy machine is no failure.
records = st.binary(min_size=protocol.RECORD_BYTES, max_size=protocol.RECORD_BYTES)


def test_ticket_of_the_check_values() -> None:
    ticket = "5e01a122281f280ddb85ba8a8cac6a3d38a59b4790302acc1d8842183c8278ae"

    assert MANIFEST.hex() == "89333bc71f02c647533ab52e592ad22c609728f12eabff6fda0920109db40401"
    assert protocol.ticket_of(bytes.fromhex(SEED), PID).hex() == ticket


def test_opening_commitment_and_leaf_of_the_check_values() -> None:
    opening = protocol.opening_of(NONCE, MEMBER)
    commitment = protocol.commitment_of(PID, REWARD, opening)

    assert opening.hex() == OPENING
    assert commitment.hex() == COMMITMENT
    assert protocol.leaf_of(PID + commitment).hex() == LEAF


def test_seed_joins_manifest_round_and_randomness() -> None:
    randomness = bytes(range(32))
    joined = b"pointdraw/seed/v1\x00" + MANIFEST + (31_089_008).to_bytes(8, "big") + randomness

    seed = protocol.seed_of(MANIFEST, 31_089_008, randomness)

    assert seed == hashlib.sha256(joined).digest()


@given(key=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_keyed_hash_is_hmac(key: bytes, message: bytes) -> None:
    assert protocol.keyed_hash(key)(message) == hmac.digest(key, message, "sha256")


def test_pid_is_the_first_half_of_the_keyed_hash() -> None:
    key = bytes(32)

    pid = protocol.pid_of(protocol.keyed_hash(key), MEMBER)

    assert pid == hmac.digest(key, b"pid/v1\x00M00000001", "sha256")[:16]


@given(member=st.text(max_size=40), keys=st.binary(min_size=64, max_size=64))
def test_members_are_hidden_as_the_single_formulas_say(member: str, keys: bytes) -> None:
    wester_id = member.encode()

    hidden = protocol.member_hider(keys[:32], keys[32:])(wester_id)

    pid = protocol.pid_of(protocol.keyed_hash(keys[:32]), wester_id)
    nonce = protocol.keyed_hash(keys[32:])(pid)
    assert hidden == pid + nonce + protocol.opening_of(nonce, wester_id)


def tree(entries: list[bytes]) -> bytes:
    """Return the root as RFC 9162 defines it: split at the largest power of two below."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree(entries[:split]) + tree(entries[split:])).digest()


def path(entries: list[bytes], index: int) -> list[bytes]:
    """Return the audit path as RFC 9162 defines it."""
    if len(entries) <= 1:
        return []
    split = 1 << (len(entries) - 1).bit_length() - 1
    if index < split:
        return [*path(entries[:split], index), tree(entries[split:])]
    return [*path(entries[split:], index - split), tree(entries[:split])]


@given(st.lists(records, max_size=40))
def test_root_and_every_path_are_those_of_the_rfc(entries: list[bytes]) -> None:
    leaves = protocol.leaves_of(b"".join(entries))

    assert protocol.root_of(leaves) == tree(entries)
    assert [protocol.path_of(leaves, i) for i in range(len(entries))] == [
        path(entries, i) for i in range(len(entries))
    ]


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(0, id="no entry"),
        pytest.param(1, id="one entry"),
        pytest.param(protocol.BLOCK - 1, id="a block but one"),
        pytest.param(protocol.BLOCK, id="one block"),
        pytest.param(protocol.BLOCK + 1, id="a block and one"),
        pytest.param(2 * protocol.BLOCK + 700, id="two blocks and a part"),
        pytest.param(5 * protocol.BLOCK + 3, id="an odd number of blocks and a part"),
    ],
)
def test_blocks_give_the_same_root_and_paths(count: int) -> None:
    entries = [hashlib.sha384(b"%d" % number).digest() for number in range(count)]
    joined = b"".join(entries)
    subtrees = protocol.subtrees_of(joined)

    assert protocol.root_of(subtrees) == tree(entries)
    edges = {0, protocol.BLOCK - 1, protocol.BLOCK, 2 * protocol.BLOCK - 1, 2 * protocol.BLOCK}
    for index in {*edges, count // 2, count - 1} & {*range(count)}:
        first = index // protocol.BLOCK * protocol.BLOCK
        block = b"".join(entries[first : first + protocol.BLOCK])
        assert protocol.path_in_blocks(subtrees, block, index) == path(entries, index)
