"""The formulas, against the protocol's check values and against plain second versions of them."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery import protocol
from tests.lottery.rounds import ACCEPTED

MANIFEST = hashlib.sha256(b"example manifest").digest()
ROUND = ACCEPTED["one of 2026"]
SEED = "6d6185349066c466636115344d240d6adbdd00bbd005ca1d5177299b6540dcff"
PID, LOTS, REWARDS = bytes(range(16)), 3, (0, 300)
MEMBER, NONCE_KEY = b"M00000001", bytes(32)
NONCE_1 = "c4dbd561de8fd3b82a83ecebcfa2f2c0215fa49fe9c085c76ca1bcce1af881d6"
OPENINGS = [
    "f36f6534c3fc01f1037f441badede101182ef040be9e69456b60cc99366d9106",
    "a1c31384422c49510168e7b7606ad68b9634afbef1fb7eea49f36bcc808a5877",
]
PARTS = [
    "28348ecbe36247400a2dbb04c7e87cd9534048c66fb993443542217a977c901e",
    "eb48dc545b3fad84ea394de4f421125b6d53e1060d6902deb7d4a9371333eae1",
]
COMMITMENT = "bf4e7deb861d39da2f56d1eb63b64df6704d9bc7efec0e951b1ce668f3b89c35"
LEAF = "e16eb1ebdf42967659f051284dee0b6140b81cc7467abce9afa322d2fbf7e769"
TICKETS = [
    "81e2ca0e4eb349dc586e187f4d3ea43e8efb9be8addaa6ae77b7328e9669ca29",
    "96d94282e435c3b66bfebe8ee609438db742a0b8ba3a958901f691bb4391e467",
    "4fed89d63ef49a6b72f8b19619b3235ccd9ecc2fe5dc66385c56841d808348a9",
]
records = st.binary(min_size=protocol.RECORD_BYTES, max_size=protocol.RECORD_BYTES)
# A member's rewards in a plan of prizes: some they cannot win.
rewards_of_one = st.lists(st.just(0) | st.integers(0, 10**12), min_size=1, max_size=16)


def check_openings() -> list[bytes]:
    """Return m_1 and m_2 of the check values."""
    keyed = protocol.keyed_hash(NONCE_KEY)
    return [protocol.opening_of(protocol.nonce_of(keyed, PID, prize), MEMBER) for prize in (1, 2)]


def test_seed_of_the_check_values() -> None:
    seed = protocol.seed_of(MANIFEST, ROUND.round, bytes.fromhex(ROUND.randomness))

    assert MANIFEST.hex() == "89333bc71f02c647533ab52e592ad22c609728f12eabff6fda0920109db40401"
    assert ROUND.round == 31_089_008
    assert seed.hex() == SEED


def test_commitment_of_the_check_values() -> None:
    openings = check_openings()
    parts = [
        protocol.reward_commitment(PID, prize, reward, opening)
        for prize, (reward, opening) in enumerate(zip(REWARDS, openings, strict=True), 1)
    ]
    mask = protocol.mask_of(REWARDS)
    commitment = protocol.commitment_of(PID, LOTS, mask, parts)

    assert protocol.nonce_of(protocol.keyed_hash(NONCE_KEY), PID, 1).hex() == NONCE_1
    assert [opening.hex() for opening in openings] == OPENINGS
    assert [part.hex() for part in parts] == PARTS
    assert mask == 2
    assert commitment.hex() == COMMITMENT
    record = protocol.record_of(PID, LOTS, mask, commitment)
    assert len(record) == protocol.RECORD_BYTES == 52
    assert protocol.leaf_of(record).hex() == LEAF


def test_tickets_of_the_check_values() -> None:
    seed = bytes.fromhex(SEED)

    assert [protocol.ticket_of(seed, PID, lot).hex() for lot in (1, 2, 3)] == TICKETS
    assert protocol.winning_lot(seed, PID, LOTS) == (bytes.fromhex(TICKETS[2]), 3)
    assert protocol.winning_lot(seed, PID, 2) == (bytes.fromhex(TICKETS[0]), 1)


def test_seed_joins_manifest_round_and_randomness() -> None:
    randomness = bytes(range(32))
    joined = b"pointdraw/seed/v2\x00" + MANIFEST + (31_089_008).to_bytes(8, "big") + randomness

    seed = protocol.seed_of(MANIFEST, 31_089_008, randomness)

    assert seed == hashlib.sha256(joined).digest()


@given(key=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_keyed_hash_is_hmac(key: bytes, message: bytes) -> None:
    assert protocol.keyed_hash(key)(message) == hmac.digest(key, message, "sha256")


def test_pid_is_the_first_half_of_the_keyed_hash() -> None:
    key = bytes(32)

    pid = protocol.pid_of(protocol.keyed_hash(key), MEMBER)

    assert pid == hmac.digest(key, b"pid/v1\x00M00000001", "sha256")[:16]


@given(member=st.text(max_size=40), keys=st.binary(min_size=64, max_size=64), data=st.data())
def test_records_are_sealed_as_the_single_formulas_say(
    member: str, keys: bytes, data: st.DataObject
) -> None:
    wester_id, keyed = member.encode(), protocol.keyed_hash(keys[32:])
    rewards = data.draw(rewards_of_one)
    lots = data.draw(st.integers(1, protocol.MAX_LOTS))
    pid = protocol.pid_maker(keys[:32])(wester_id)

    nonces, openings = protocol.member_hider(keys[32:], len(rewards))(pid, wester_id)
    record = protocol.seal_record(pid, lots, rewards, openings)

    assert pid == protocol.pid_of(protocol.keyed_hash(keys[:32]), wester_id)
    numbers = range(1, len(rewards) + 1)
    assert protocol.split_hashes(nonces) == [
        protocol.nonce_of(keyed, pid, number) for number in numbers
    ]
    opened = [
        protocol.opening_of(protocol.nonce_of(keyed, pid, number), wester_id) for number in numbers
    ]
    assert protocol.split_hashes(openings) == opened
    parts = map(protocol.reward_commitment, [pid] * len(rewards), numbers, rewards, opened)
    mask = protocol.mask_of(rewards)
    sealed = protocol.commitment_of(pid, lots, mask, parts)
    assert record == protocol.record_of(pid, lots, mask, sealed)
    assert [bool(mask >> place & 1) for place in range(16)] == [
        reward > 0 for reward in [*rewards, *[0] * 16][:16]
    ]


@pytest.mark.parametrize("lots", [1, 2, 255, 256, 65_535])
def test_the_winning_lot_has_the_least_ticket(lots: int) -> None:
    seed = bytes(32)
    tickets = [
        hashlib.sha256(b"\x02" + seed + PID + lot.to_bytes(2, "big")).digest()
        for lot in range(1, lots + 1)
    ]

    assert protocol.winning_lot(seed, PID, lots) == (min(tickets), tickets.index(min(tickets)) + 1)


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
    entries = [
        hashlib.sha512(b"%d" % number).digest()[: protocol.RECORD_BYTES] for number in range(count)
    ]
    joined = b"".join(entries)
    subtrees = protocol.subtrees_of(joined)

    assert protocol.root_of(subtrees) == tree(entries)
    edges = {0, protocol.BLOCK - 1, protocol.BLOCK, 2 * protocol.BLOCK - 1, 2 * protocol.BLOCK}
    for index in {*edges, count // 2, count - 1} & {*range(count)}:
        first = index // protocol.BLOCK * protocol.BLOCK
        block = b"".join(entries[first : first + protocol.BLOCK])
        assert protocol.path_in_blocks(subtrees, block, index) == path(entries, index)
