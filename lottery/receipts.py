"""The receipt."""

import json

from campaign.canonical import canonical_json
from lottery import protocol
from lottery.models import Draw


def receipt_json(draw: Draw, wester_id: str) -> bytes | None:
    """Return the receipt."""
    entrant = draw.entrants.filter(wester_id=wester_id).first()
    if entrant is None:
        return None
    leaves = [
        protocol.leaf_of(bytes(pid) + bytes(c))
        for pid, c in draw.entrants.order_by("position").values_list("pid", "commitment")
    ]
    result = json.loads(bytes(draw.result)) if draw.result and draw.state != "drawn" else None
    award = draw.awards.filter(entrant=entrant).first() if result else None
    return canonical_json(
        {
            "schema": "pointdraw/1/receipt",
            "manifest_sha256": bytes(draw.manifest_sha256).hex(),
            "wester_id": wester_id,
            "pid": bytes(entrant.pid).hex(),
            "reward": entrant.reward_points,
            "nonce": bytes(entrant.nonce).hex(),
            "index": entrant.position,
            "path": [one.hex() for one in protocol.path_of(leaves, entrant.position)],
            "ticket": protocol.ticket_of(bytes.fromhex(result["seed"]), bytes(entrant.pid)).hex()
            if result
            else None,
            "rank": award.rank if award else None,
            "award": award.points if award else None,
        }
    )
