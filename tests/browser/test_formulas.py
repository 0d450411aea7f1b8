"""The browser's formulas of the draw, held against the protocol's check values and against ours."""

import hmac
from typing import Any

from lottery import protocol
from tests.browser.conftest import Site, Visit
from tests.browser.looking import DESKTOP

CHECK = {
    "identities": [
        "f36f6534c3fc01f1037f441badede101182ef040be9e69456b60cc99366d9106",
        "a1c31384422c49510168e7b7606ad68b9634afbef1fb7eea49f36bcc808a5877",
    ],
    "parts": [
        "28348ecbe36247400a2dbb04c7e87cd9534048c66fb993443542217a977c901e",
        "eb48dc545b3fad84ea394de4f421125b6d53e1060d6902deb7d4a9371333eae1",
    ],
    "commitment": "bf4e7deb861d39da2f56d1eb63b64df6704d9bc7efec0e951b1ce668f3b89c35",
    "leaf": "e16eb1ebdf42967659f051284dee0b6140b81cc7467abce9afa322d2fbf7e769",
    "seed": "6d6185349066c466636115344d240d6adbdd00bbd005ca1d5177299b6540dcff",
    "tickets": [
        "81e2ca0e4eb349dc586e187f4d3ea43e8efb9be8addaa6ae77b7328e9669ca29",
        "96d94282e435c3b66bfebe8ee609438db742a0b8ba3a958901f691bb4391e467",
        "4fed89d63ef49a6b72f8b19619b3235ccd9ecc2fe5dc66385c56841d808348a9",
    ],
    "least": {
        "ticket": "4fed89d63ef49a6b72f8b19619b3235ccd9ecc2fe5dc66385c56841d808348a9",
        "lot": 3,
    },
}
ROUND = 31089008
RANDOMNESS = "ce7b0bc26c2f2f969bb4fa4ceb074fd13baed8557659ac0ea1af0b589c68d8bf"
PID = bytes(range(16)).hex()
LARGEST_LIST = 20
COMPUTE = """async ({round, randomness, pid, nonces}) => {
    const bytes = await import("/static/lottery/bytes.js");
    const protocol = await import("/static/lottery/protocol.js");
    const [id, lots, mask] = [bytes.fromHex(pid), 3, 2];
    const identities = await Promise.all(
        nonces.map((nonce) => protocol.identityOf(bytes.fromHex(nonce), "M00000001")));
    const parts = await Promise.all([0, 300].map((reward, place) =>
        protocol.rewardCommitmentOf(id, place + 1, reward, identities[place])));
    const commitment = await protocol.commitmentOf(id, lots, mask, parts);
    const leaf = await protocol.leafOf(id, lots, mask, commitment);
    const manifest = await bytes.hash(bytes.fromText("example manifest"));
    const seed = await protocol.seedOf(manifest, round, bytes.fromHex(randomness));
    const tickets = await Promise.all([1, 2, 3].map((lot) => protocol.ticketOf(seed, id, lot)));
    return {
        identities: identities.map(bytes.toHex),
        parts: parts.map(bytes.toHex),
        commitment: bytes.toHex(commitment),
        leaf: bytes.toHex(leaf),
        seed: bytes.toHex(seed),
        tickets: tickets.map(bytes.toHex),
        least: await protocol.leastTicket(seed, id, lots),
    };
}"""
CLIMB = """async (lists) => {
    const bytes = await import("/static/lottery/bytes.js");
    const {rootOf} = await import("/static/lottery/protocol.js");
    const climb = async ({leaf, index, count, path}) => {
        const root = await rootOf(bytes.fromHex(leaf), index, count, path.map(bytes.fromHex));
        return root && bytes.toHex(root);
    };
    return Promise.all(lists.map(climb));
}"""


def leaves(count: int) -> list[bytes]:
    """Return the leaves of a list of so many records."""
    return [protocol.leaf_of(bytes([place]) * protocol.RECORD_BYTES) for place in range(count)]


def way(count: int, at: int, **changed: Any) -> dict[str, Any]:
    """Return a leaf's way to the root of a list."""
    nodes = leaves(count)
    path = [node.hex() for node in protocol.path_of(nodes, at)]
    return {"leaf": nodes[at].hex(), "index": at, "count": count, "path": path, **changed}


def test_formulas_give_the_protocols_check_values(site: Site, visit: Visit) -> None:
    page = visit(size=DESKTOP)
    page.goto(site.url("draw/"))
    nonces = [
        hmac.digest(bytes(32), bytes.fromhex(PID) + place.to_bytes(2, "big"), "sha256").hex()
        for place in (1, 2)
    ]
    given = {"round": ROUND, "randomness": RANDOMNESS, "pid": PID, "nonces": nonces}
    found = page.evaluate(COMPUTE, given)
    assert found == CHECK


def test_every_way_leads_to_its_root_and_no_other_does(site: Site, visit: Visit) -> None:
    page = visit(size=DESKTOP)
    page.goto(site.url("draw/"))
    places = [(count, at) for count in range(1, LARGEST_LIST + 1) for at in range(count)]
    roots = [protocol.root_of(leaves(count)).hex() for count, _at in places]
    assert page.evaluate(CLIMB, [way(count, at) for count, at in places]) == roots
    longer = [way(count, at, path=[*way(count, at)["path"], "00" * 32]) for count, at in places]
    assert set(page.evaluate(CLIMB, longer)) == {None}
    others = [way(count, at, index=(at + 1) % count) for count, at in places if count > 1]
    expected = [root for root, (count, _at) in zip(roots, places, strict=True) if count > 1]
    found = page.evaluate(CLIMB, others)
    assert not [one for one, root in zip(found, expected, strict=True) if one == root]
