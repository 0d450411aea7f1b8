"""Whom the played WESTER ID offers to sign in as, once there is something to see for them."""

import json
from pathlib import Path
from typing import Any


def offer_members(state: Path, summary: dict[str, Any]) -> None:
    """Have the stand-in's page offer members of the demo: whose stories were told, and others."""
    offered = [
        {"wester_id": story["wester_id"], "note": note}
        for story, note in ((summary["winner"], "当選した会員"), (summary["loser"], "落選した会員"))
        if story
    ]
    offered.append({"wester_id": "W-NEWCOMER", "note": "まだ何もしていない会員"})
    file = state / "wester" / "members.json"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(offered, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)
