"""Every address of staff is opened by every role, and docs/staff-permissions.md says what comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from allauth.core.context import request_context as allauth_context
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from core import roles
from core.models import StaffSession, User
from core.sign_in.backends import MEMBER_BACKEND
from tests.factories.campaign import UserFactory
from tests.factories.entries import MemberFactory
from tests.outside import ROOT
from tests.staff_addresses import fill, is_of_a_model, play, staff_routes

TABLE = ROOT / "docs/staff-permissions.md"
WHO = (*roles.ROLES, "superuser", "member", "nobody")
HEADING = f"| address | {' | '.join(WHO)} |"
SIGN_IN = reverse("admin:login")
# What the admin makes of a model that only shows; what it refuses by GET it refuses by POST.
BY_GET_ONLY = ("/", "/add/", "/delete/", "/history/", "/<path:object_id>/")


def written() -> dict[str, list[str]]:
    """Return the rows of the table in the documentation by their first cell."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    assert len({first for first, *_ in cells}) == len(cells), "an address stands twice"
    return {first.strip("`"): rest for first, *rest in cells}


def people() -> dict[str, User | None]:
    """Return a person of each kind."""
    found: dict[str, User | None] = {role: UserFactory.create(role=role) for role in roles.ROLES}
    found["superuser"] = UserFactory.create(is_staff=True, is_superuser=True)
    return found | {"member": MemberFactory.create().user, "nobody": None}


def values_of_accounts() -> dict[str, str]:
    """Return values for the pages of sign-ins: another person's, for all but the superuser."""
    session = StaffSession.objects.filter(user__is_superuser=True).get()
    return {"session_id": str(session.pk), "user_id": str(session.user_id), "factor_id": "1"}


@dataclass
class Visitor:
    """A person with a session; pages are called as they are, without the middleware."""

    user: User | None
    session_key: str | None
    staff_session: StaffSession | None

    def send(self, method: str, address: str) -> str:
        """Send a request and return the table's word for the answer; what it wrote is undone."""
        request = self.request(method, address)
        match = resolve(request.path_info)
        request.resolver_match = match
        before = transaction.savepoint()
        try:
            with allauth_context(request):
                return name_answer(match.func(request, *match.args, **match.kwargs))
        except PermissionDenied:
            return "refused"
        except Http404:
            return "not found"
        finally:
            transaction.savepoint_rollback(before)

    def request(self, method: str, address: str) -> Any:
        """Return a request of this person, as the middleware leaves it."""
        request: Any = RequestFactory().generic(method, address)
        request.user = self.user or AnonymousUser()
        request.session = SessionStore(self.session_key)
        request.staff_session = self.staff_session
        request._messages = CookieStorage(request)
        request._dont_enforce_csrf_checks = True
        return request


def visitor(user: User | None) -> Visitor:
    """Return a person who is signed in."""
    client = Client()
    if user:
        client.force_login(user, **({} if user.is_staff else {"backend": MEMBER_BACKEND}))
    key = client.session.session_key if user else None
    return Visitor(user, key, StaffSession.objects.filter(user=user).first())


def name_answer(response: Any) -> str:
    """Return the table's word for an answer."""
    location = response.headers.get("Location", "")
    if response.status_code in (301, 302):
        return "sign-in" if location.startswith(f"{SIGN_IN}?next=") else "leads on"
    for close in response._resource_closers if response.streaming else ():
        close()
    words = {200: "page", 403: "refused", 404: "not found", 405: "button"}
    return words.get(response.status_code, str(response.status_code))


def answer_for(person: Visitor, route: str, address: str) -> str:
    """Return what a person gets at an address: by GET, and where that may differ by POST."""
    shown = person.send("GET", address)
    if shown == "button":
        pressed = person.send("POST", address)
        return pressed if pressed in ("refused", "sign-in") else "button"
    if shown != "page" or is_read_only(route):
        return shown
    return "read" if person.send("POST", address) == "refused" else shown


def is_read_only(route: str) -> bool:
    """Return whether an address takes nothing but what its list of actions says."""
    return any(route.endswith(end) for end in BY_GET_ONLY) and is_of_a_model(route)


def actions_of(user: User | None) -> Iterator[tuple[str, bool]]:
    """Yield the actions of every list, and whether a person finds them there."""
    request = cast("HttpRequest", RequestFactory().get("/staff/"))
    for model, page in admin.site._registry.items():
        names = [str(one) for one in page.actions or ()]
        if user is not None:
            request.user = user
        found = page.get_actions(request) if user and user.is_staff else {}
        may_open = bool(found) and page.has_view_permission(request)
        for name in names:
            yield f"{model._meta.label_lower}: {name}", may_open and name in found


def test_every_address_has_a_row() -> None:
    rows = [row for row in written() if row.startswith("/staff/")]

    assert rows == [f"/{route}" for route in staff_routes()]
    assert HEADING in TABLE.read_text()


@pytest.mark.django_db
def test_every_address_gives_each_role_what_the_table_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lottery.verdict.verify_draw", lambda *_, **__: True)  # takes a second
    values = play(tmp_path)
    found: dict[str, list[str]] = {}
    visitors = [visitor(user) for user in people().values()]
    values |= values_of_accounts()
    for person in visitors:
        for route in staff_routes():
            found.setdefault(f"/{route}", []).append(answer_for(person, route, fill(route, values)))
        for name, is_offered in actions_of(person.user):
            found.setdefault(name, []).append("offered" if is_offered else "-")

    assert as_lines(found) == as_lines(written())


def as_lines(table: dict[str, list[str]]) -> list[str]:
    """Return the rows of a table as they stand in the documentation."""
    return [f"| `{first}` | {' | '.join(cells)} |" for first, cells in sorted(table.items())]
