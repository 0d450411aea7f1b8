"""Every address of staff is opened by every role, and docs/staff-permissions.md says what comes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from unittest.mock import PropertyMock, patch

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from core import roles
from core.models import StaffSession, User
from core.sign_in.backends import MEMBER_BACKEND
from tests.factories.campaign import UserFactory
from tests.factories.entries import MemberFactory
from tests.outside import ROOT
from tests.staff_addresses import fill, play, staff_routes

TABLE = ROOT / "docs/staff-permissions.md"
WHO = (*roles.ROLES, "superuser", "member", "nobody")
HEADING = f"| address | {' | '.join(WHO)} |"
SIGN_IN = reverse("admin:login")
OWN_PAGES = "staff/account/"
# What the admin makes of a model that only shows; what it refuses by GET it refuses by POST.
BY_GET_ONLY = ("/", "/add/", "/delete/", "/history/", "/<path:object_id>/")
Row = tuple[str, list[str]]


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


def browser_of(user: User | None) -> Client:
    """Return the browser of a person."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user, **({} if user.is_staff else {"backend": MEMBER_BACKEND}))
    return client


def send(client: Client, method: str, address: str) -> Any:
    """Send a request; what it wrote is undone."""
    before, cookies = transaction.savepoint(), client.cookies.copy()
    try:
        return client.get(address) if method == "get" else client.post(address, {})
    finally:
        transaction.savepoint_rollback(before)
        client.cookies = cookies


def name_answer(response: Any) -> str:
    """Return the table's word for an answer."""
    location = response.headers.get("Location", "")
    if response.status_code in (301, 302):
        return "sign-in" if location.startswith(f"{SIGN_IN}?next=") else "leads on"
    words = {200: "page", 403: "refused", 404: "not found", 405: "button"}
    return words.get(response.status_code, str(response.status_code))


def answer_for(client: Client, route: str, address: str) -> str:
    """Return what a person gets at an address: by GET, and where that may differ by POST."""
    shown = name_answer(send(client, "get", address))
    if shown == "button":
        pressed = name_answer(send(client, "post", address))
        return pressed if pressed in ("refused", "sign-in") else "button"
    if shown != "page" or is_read_only(route):
        return shown
    return "read" if name_answer(send(client, "post", address)) == "refused" else shown


def is_read_only(route: str) -> bool:
    """Return whether an address takes nothing but what its list of actions says."""
    return any(route.endswith(end) for end in BY_GET_ONLY) and is_of_a_model(route)


def is_of_a_model(route: str) -> bool:
    """Return whether a route is one of those that the admin makes of a model."""
    return any(
        route.startswith(f"staff/{model._meta.app_label}/{model._meta.model_name}/")
        for model in admin.site._registry
    )


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


@pytest.fixture
def _nothing_is_rendered() -> Iterator[None]:
    """Leave the pages' templates out, which are walked elsewhere."""

    def answer(_request: HttpRequest, *_args: Any, status: int = 200, **_: Any) -> HttpResponse:
        return HttpResponse(status=status)

    empty = PropertyMock(return_value="")
    with (
        patch.object(SimpleTemplateResponse, "rendered_content", empty),
        patch("portal.errors.render", answer),
    ):
        yield


def test_every_address_has_a_row() -> None:
    rows = [row for row in written() if row.startswith("/staff/")]

    assert rows == [f"/{route}" for route in staff_routes()]
    assert HEADING in TABLE.read_text()


@pytest.mark.django_db
@pytest.mark.usefixtures("_nothing_is_rendered")
def test_every_address_gives_each_role_what_the_table_says(tmp_path: Path) -> None:
    values = play(tmp_path)
    found: dict[str, list[str]] = {}
    browsers = [(user, browser_of(user)) for user in people().values()]
    values |= values_of_accounts()
    for user, client in browsers:
        for route in staff_routes():
            found.setdefault(f"/{route}", []).append(answer_for(client, route, fill(route, values)))
        for name, is_offered in actions_of(user):
            found.setdefault(name, []).append("offered" if is_offered else "-")

    assert as_lines(found) == as_lines(written())


def as_lines(table: dict[str, list[str]]) -> list[str]:
    """Return the rows of a table as they stand in the documentation."""
    return [f"| `{first}` | {' | '.join(cells)} |" for first, cells in sorted(table.items())]
