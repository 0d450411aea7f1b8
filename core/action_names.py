"""The names of what the audit records, in words, in the groups in which a search offers them.

Each app registers its own; a test collects every code that is recorded anywhere and asks for a
name.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SIGN_IN, ACCOUNTS, APPROVALS, MEMBERS, CAMPAIGNS, FEEDS, DRAWS, POINTS, FILES = (
    "sign_in",
    "accounts",
    "approvals",
    "members",
    "campaigns",
    "feeds",
    "draws",
    "points",
    "files",
)
# In the order shown.
GROUPS: dict[str, "StrPromise"] = {
    SIGN_IN: pgettext_lazy("group of actions", "Sign-in"),
    ACCOUNTS: pgettext_lazy("group of actions", "Staff accounts"),
    APPROVALS: pgettext_lazy("group of actions", "Approvals"),
    MEMBERS: pgettext_lazy("group of actions", "Members"),
    CAMPAIGNS: pgettext_lazy("group of actions", "Campaigns"),
    FEEDS: pgettext_lazy("group of actions", "Feeds"),
    DRAWS: pgettext_lazy("group of actions", "Draws"),
    POINTS: pgettext_lazy("group of actions", "Points"),
    FILES: pgettext_lazy("group of actions", "Files and pages"),
}
OF_CORE: dict[str, dict[str, "StrPromise"]] = {
    SIGN_IN: {
        "staff.signed_in": pgettext_lazy("action", "Sign-in"),
        "staff.signed_out": pgettext_lazy("action", "Sign-out"),
        "staff.sign_in_failed": pgettext_lazy("action", "Failed sign-in"),
        "staff.locked_out": pgettext_lazy("action", "Pause after failed sign-ins"),
        "staff.password_changed": pgettext_lazy("action", "Change of one's password"),
        "staff.factor_added": pgettext_lazy("action", "Second factor added"),
        "staff.factor_removed": pgettext_lazy("action", "Second factor removed"),
        "staff.session_ended": pgettext_lazy("action", "Sign-in ended from the account page"),
    },
    ACCOUNTS: {
        "staff.setup": pgettext_lazy("action", "First staff accounts"),
        "staff.add": pgettext_lazy("action", "Person added to the staff"),
        "staff.role_added": pgettext_lazy("action", "Role given"),
        "staff.role_removed": pgettext_lazy("action", "Role taken away"),
        "staff.superuser_made": pgettext_lazy("action", "All rights given, carried out"),
        "staff.superuser_ended": pgettext_lazy("action", "All rights taken away"),
        "staff.disabled": pgettext_lazy("action", "Account disabled"),
        "staff.reset": pgettext_lazy("action", "Password and second factor reset"),
        "staff.restored": pgettext_lazy("action", "Approver restored without approval"),
    },
    APPROVALS: {
        "approval.requested": pgettext_lazy("action", "Request"),
        "approval.approved": pgettext_lazy("action", "Approval"),
        "approval.refused": pgettext_lazy("action", "Refusal"),
        "approval.superseded": pgettext_lazy("action", "Replaced (void)"),
    },
    MEMBERS: {"member.listed": pgettext_lazy("action", "List with members shown")},
    FILES: {
        "file.exported": pgettext_lazy("action", "File exported"),
        "page.refused": pgettext_lazy("action", "Page refused for lack of permission"),
    },
}

_names: dict[str, dict[str, "StrPromise"]] = {group: {} for group in GROUPS}
_approvable: dict[str, "StrPromise"] = {}


def register(group: str, names: Mapping[str, "StrPromise"]) -> None:
    """Add names of actions, by the codes that are recorded, to a group; for the apps' ready()."""
    _names[group].update(names)


def by_group() -> dict[str, dict[str, "StrPromise"]]:
    """Return the names of all actions by their codes, in the groups in which they are shown."""
    return {group: dict(names) for group, names in _names.items()}


def all_names() -> dict[str, "StrPromise"]:
    """Return the names of all actions by their codes."""
    return {code: name for names in _names.values() for code, name in names.items()}


def register_approvable(code: str, name: "StrPromise") -> None:
    """Add the name of an action that can be approved; no search offers it."""
    _approvable[code] = name


def name_of(code: str) -> str:
    """Return the name of an action; its code where it has none, as in records of an old version."""
    return str({**_approvable, **all_names()}.get(code, code))


def codes_named(text: str) -> list[str]:
    """Return the codes of the actions whose names contain a text, in either case."""
    return [code for code, name in all_names().items() if text.lower() in str(name).lower()]
