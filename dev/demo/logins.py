"""Whom the played WESTER ID offers to sign in as, once there is something to see for them."""

import json
from pathlib import Path
from typing import Any

from dev.demo.keeping import keep


def offer_members(state: Path, summary: dict[str, Any]) -> None:
    """Have the stand-in's page offer members of the demo: whose stories were told, and others."""
    told = {"winner": "当選した会員 Drawn", "loser": "落選した会員 Not drawn"}
    offered = [
        {"wester_id": summary[key]["wester_id"], "note": note}
        for key, note in told.items()
        if summary[key]
    ]
    offered += summary["examples"]
    offered.append({"wester_id": "W-NEWCOMER", "note": "まだ何もしていない会員 A newcomer"})
    keep(state / "wester" / "members.json", json.dumps(offered, ensure_ascii=False))
