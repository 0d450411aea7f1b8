"""Take the README's pictures of a running demo: ``python -m tests.pictures [ADDRESS]``.

The demo must have opened its second campaign; the result is that of the first. Pictures of the desk
need the logins that the demo printed: STAFF="demo-planner:PASSWORD demo-helper:PASSWORD …".
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from config.env import ROOT, state_folder
from dev.browser import find_chromium

FOLDER = ROOT / "docs" / "pictures"
SUMMARY = "demo.json"
DESK: ViewportSize = {"width": 1100, "height": 760}
PHONE: ViewportSize = {"width": 390, "height": 760}


@dataclass(frozen=True)
class Picture:
    """A picture: its name, the page, the size of the window, and who is signed in.

    ``looked_up`` is the member whose case the staff user opens, in the campaign of ``code``.
    """

    name: str
    path: str
    size: ViewportSize
    member: str = ""
    staff: str = ""
    looked_up: str = ""
    code: str = ""


def pictures(summary: dict[str, dict[str, str]], code: str) -> Iterator[Picture]:
    """Yield what the README shows."""
    page = f"/campaign/detail/{code}/"
    yield Picture("campaign", "/", DESK)
    yield Picture("phone", "/", PHONE)
    yield Picture("draw", f"{page}draw/", DESK)
    winner = summary["winner"]["wester_id"]
    yield Picture("winner", f"{page}mypage/", DESK, member=winner)
    yield Picture("today", "/staff/", DESK, staff="demo-planner")
    yield Picture("case", "/staff/member/", DESK, staff="demo-helper", looked_up=winner, code=code)
    yield Picture("approvals", "/staff/approvals/", PHONE, staff="demo-approver")


def take(page: Page, site: str, picture: Picture) -> None:
    """Sign in the person who is named, and take the picture."""
    if picture.member:
        sign_in(page, site, picture.path, picture.member)
    if picture.staff:
        sign_in_staff(page, site, picture.staff)
    page.goto(f"{site}{picture.path}")
    if picture.looked_up:
        page.locator("#id_identifier").fill(picture.looked_up)
        page.locator("#content form [type=submit]").first.click()
        page.wait_for_url("**/case/**")
        page.goto(f"{page.url.partition('?')[0]}?campaign={picture.code}")
    page.screenshot(path=FOLDER / f"{picture.name}.png", animations="disabled")


def sign_in(page: Page, site: str, path: str, member: str) -> None:
    """Sign in at the WESTER ID that the demo plays."""
    page.goto(f"{site}{path}")
    page.locator("main form button").first.click()
    page.get_by_label("WESTER ID").fill(member)
    page.get_by_role("button", name="ログイン Log in").click()
    page.wait_for_url(f"{site}/**")


def sign_in_staff(page: Page, site: str, name: str) -> None:
    """Sign a staff user of the demo in."""
    page.goto(f"{site}/staff/login/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(staff_logins()[name])
    page.locator("[type=submit]").first.click()
    page.wait_for_url(f"{site}/staff/")


def staff_logins() -> dict[str, str]:
    """Return the passwords of the demo's staff that were given, by their names."""
    return dict(one.split(":", 1) for one in os.environ.get("STAFF", "").split())


@contextmanager
def browser_page(size: ViewportSize) -> Iterator[Page]:
    """Open a new browser context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find_chromium()),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser.new_context(viewport=size, locale="ja-JP").new_page()
        browser.close()


def main(site: str, state: Path) -> None:
    """Take every picture."""
    summary = json.loads((state / SUMMARY).read_text())
    FOLDER.mkdir(exist_ok=True)
    logins = staff_logins()
    for picture in pictures(summary, summary["campaign"]):
        if picture.staff and picture.staff not in logins:
            print(f"{picture.name}: no login of {picture.staff} in STAFF", file=sys.stderr)
            continue
        print(f"{picture.name} ...", file=sys.stderr, flush=True)
        with browser_page(picture.size) as page:
            take(page, site, picture)


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "http://127.0.0.1:8000", state_folder())
