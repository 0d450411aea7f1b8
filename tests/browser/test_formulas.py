"""The browser's formulas of the draw, held against the protocol's check values and against ours."""

from typing import Any

from lottery import protocol
from tests.browser.conftest import Site, Visit
from tests.browser.looking import DESKTOP

CHECK = {
    "identity": "54b32ad9f5429e3b978492136bb344b87b2779208a52f55dc0450d53c011f261",
    "commitment": "ce5e3810c1a32ac28bfd582b2afda4748e9ffc184116d30d59ca77e0052f8a15",
    "leaf": "d9b1b185d1849ca90eba33f2cd02ab2d4feebdb28eb1544f9e75d2c986c3b5e8",
    "seed": "391c85cd6921d59589dcf8650b95d2b7ec479b25e2cd8262f7b8c7c455262ca5",
    "ticket": "5e01a122281f280ddb85ba8a8cac6a3d38a59b4790302acc1d8842183c8278ae",
}
ROUND = 31089008
RANDOMNESS = "ce7b0bc26c2f2f969bb4fa4ceb074fd13baed8557659ac0ea1af0b589c68d8bf"
PID = bytes(range(16)).hex()
LARGEST_LIST = 20
COMPUTE = """async ({round, randomness, pid}) => {
    const bytes = await import("/static/lottery/bytes.js");
    const protocol = await import("/static/lottery/protocol.js");
    const id = bytes.fromHex(pid);
    const identity = await protocol.identityOf(new Uint8Array(32), "M00000001");
    const commitment = await protocol.commitmentOf(id, 12345, identity);
    const leaf = await protocol.leafOf(id, commitment);
    const manifest = await bytes.hash(bytes.fromText("example manifest"));
    const seed = await protocol.seedOf(manifest, round, bytes.fromHex(randomness));
    const ticket = await protocol.ticketOf(seed, id);
    const all = {identity, commitment, leaf, seed, ticket};
    return Object.fromEntries(Object.entries(all).map(([name, value]) =>
        [name, bytes.toHex(value)]));
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
    found = page.evaluate(COMPUTE, {"round": ROUND, "randomness": RANDOMNESS, "pid": PID})
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
