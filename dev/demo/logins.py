"""The members that the stand-in for WESTER ID offers to sign in as."""

import json
from pathlib import Path
from typing import Any

from dev.demo.private_file import write_private


def offer_members(state: Path, summary: dict[str, Any]) -> None:
    """Write the members whose pages are worth a look for the stand-in's page."""
    stories = {"winner": "当選した会員 Drawn", "loser": "落選した会員 Not drawn"}
    offered = [
        {"wester_id": summary[key]["wester_id"], "note": note}
        for key, note in stories.items()
        if summary[key]
    ]
    offered += summary["examples"]
    offered.append({"wester_id": "W-NEWCOMER", "note": "まだ何もしていない会員 A newcomer"})
    write_private(state / "wester" / "members.json", json.dumps(offered, ensure_ascii=False))
