"""Every page of the staff desk on phone and desktop, light and dark."""

import os
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page

from tests.browser.conftest import Site, Visit
from tests.browser.looking import DESKTOP, OVERFLOW, PHONE, WCAG, assert_passes_axe
from tests.factories.campaign import UserFactory
from tests.points import steps
from tests.staff_addresses import fill, is_of_a_model, play, staff_routes

# The admin's own headings of columns are smaller than a finger; the rest is the standard.
RULES = [one for one in WCAG if one not in ("best-practice", "wcag22aa")]
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# One list, one row and one refusal stand for all that the admin makes of models.
OF_THE_ADMIN = (
    "staff/bookings/booking/",
    "staff/bookings/booking/<path:object_id>/change/",
    "staff/points/transfer/",
    "staff/<regex:url>",
)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def desk_addresses(client: Client, values: dict[str, str]) -> list[str]:
    """Return the addresses of the desk's pages that open."""
    found = []
    for route in staff_routes():
        if route in OF_THE_ADMIN:
            found.append(fill(route, values))
        elif not is_of_a_model(route) and "login" not in route:
            response = client.get(address := fill(route, values))
            is_page = response.headers.get("Content-Type", "").startswith("text/html")
            if response.status_code == 200 and is_page and b'id="user-tools"' in response.content:
                found.append(address)
    return found


def look(page: Page, site: Site, address: str) -> list[str]:
    """Return what is wrong with a page; take its pictures where SCREENSHOTS names a folder."""
    wrong = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site.address}{address}")  # a page that is open fades into its new colours
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            if folder := os.environ.get("SCREENSHOTS"):
                name = address.strip("/").replace("/", "-")
                path = Path(folder) / f"{name}-{size['width']}-{scheme}.png"
                page.screenshot(path=path, full_page=True, caret="initial")
            if scheme == "light":
                wrong += [f"{size['width']}: {one}" for one in page.evaluate(OVERFLOW)[:2]]
        try:
            if scheme == "light":
                assert_passes_axe(page, RULES)
            else:
                assert_passes_axe(page, CONTRAST)
        except AssertionError as found:
            wrong.append(str(found)[:600])
    return wrong


def test_staff_pages_are_good_to_use(site: Site, visit: Visit, tmp_path: Path) -> None:
    with transaction.atomic():
        values = play(tmp_path)
    site.at(steps.CREDIT_AT)
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = visit("ja")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": site.address}]
    )

    wrong = {}
    for address in desk_addresses(client, values):
        if found := look(page, site, address):
            wrong[address] = found

    assert wrong == {}
