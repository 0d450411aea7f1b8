"""The accounts of the stand-in: any name may sign in."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from dev.wester.models import Account

EXAMPLES = [
    {"wester_id": "WESTER-EXAMPLE-1", "note": "見本の会員 1"},
    {"wester_id": "WESTER-EXAMPLE-2", "note": "見本の会員 2"},
]


@dataclass(frozen=True)
class SampleMember:
    """A member to choose: a WESTER ID, and what is special about them."""

    wester_id: str
    note: str


def sample_members(state: Path) -> list[SampleMember]:
    """Return the members that the page offers: of ``wester/members.json``, else two examples.

    The file, in LOCAL_STATE_DIR, holds ``[{"wester_id": "…", "note": "…"}, …]``;
    it may be replaced at any time.
    """
    file = state / "wester" / "members.json"
    listed = json.loads(file.read_text(encoding="utf-8")) if file.exists() else EXAMPLES
    return [SampleMember(str(one["wester_id"]), str(one.get("note", ""))) for one in listed]


def ensure_account(*, wester_id: str, name: str = "") -> Account:
    """Create or update the account with this WESTER ID.

    Without a name it is the WESTER ID's own: the same also after this site's data were deleted.
    """
    account, _ = Account.objects.update_or_create(
        name=name or hashlib.sha256(wester_id.encode()).hexdigest()[:32],
        defaults={"wester_id": wester_id},
    )
    return account
