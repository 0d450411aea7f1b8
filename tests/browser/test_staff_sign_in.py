"""Staff sign in with a security key, on a phone; the policy of scripts and styles lets it work."""

import os
from pathlib import Path

from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from core.models import User
from tests.browser.conftest import Site, Visit
from tests.browser.looking import DESKTOP, OVERFLOW, PHONE, assert_passes_axe

PASSWORD = "violet-kettle-ladder-71"
NEW_PASSWORD = "copper-window-thistle-40"
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
}


def plug_in_key(page: Page) -> None:
    """Give the browser a security key that is touched at once."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def look(page: Page, name: str) -> None:
    """Check a page on both sizes, and take its picture where SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert_passes_axe(page)
        assert page.evaluate(OVERFLOW) == []
        if folder:
            path = Path(folder) / f"{name}-{size['width']}.png"
            page.screenshot(path=path, full_page=True)


def type_password(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/")
    page.fill("#id_username", "hanako")
    page.fill("#id_password", PASSWORD)


def test_first_sign_in_and_the_next_one(site: Site, visit: Visit) -> None:
    site.settings.STAFF_SECOND_FACTOR = True
    # A security key answers no page of a bare address.
    address = site.address.replace("127.0.0.1", "localhost")
    user = User.objects.create_user(
        "hanako", password=PASSWORD, is_staff=True, must_change_password=True
    )
    user.groups.add(Group.objects.get(name="approver"))
    page = visit("ja")
    plug_in_key(page)

    type_password(page, address)
    look(page, "login")
    page.click("#login-form [type=submit]")
    expect(page.locator(".account-picture")).to_be_visible()
    expect(page.locator("#key-form")).to_be_visible()
    look(page, "enrol")
    page.click("#key-form [type=submit]")
    expect(page.locator(".account-codes li")).to_have_count(10)
    look(page, "recovery-codes")
    page.click(".submit-row [type=submit]")
    look(page, "password")
    page.fill("#id_old_password", PASSWORD)
    for field in ("1", "2"):
        page.fill(f"#id_new_password{field}", NEW_PASSWORD)
    page.click(".submit-row [type=submit]")
    expect(page.locator("#user-tools")).to_be_visible()
    page.goto(f"{address}/staff/account/")
    look(page, "account")

    page.click("#logout-form button")
    type_password(page, address)
    page.fill("#id_password", NEW_PASSWORD)
    page.click("#login-form [type=submit]")
    expect(page.locator("#key-form")).to_be_visible()
    look(page, "second-factor")
    page.click("#key-form [type=submit]")
    expect(page.locator("#user-tools")).to_be_visible()
