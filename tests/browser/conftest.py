"""A real browser, the site on a real port, and WESTER ID beside it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django import Settings

from config.env import MovedClock
from config.sign_in import LOCAL_CLIENT_ID
from dev.browser import find_chromium
from tests.browser.looking import PHONE
from tests.entries.local_site import running_local_site
from tests.factories.campaign import CampaignFactory

CODE = "012025121203"
PATIENCE_MS = 60_000  # a busy machine is slow; only a test that fails waits as long


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands here, and leave it out where no browser is wanted."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if os.environ.get("BROWSER_TESTS") == "0":
                item.add_marker(pytest.mark.skip(reason="BROWSER_TESTS=0"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once; without one the tests fail and say what to install."""
    program = find_chromium()
    # Playwright's own loop stays running while Django's synchronous tests go on around it.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=str(program), args=arguments)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def wester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Run the stand-in for WESTER ID: its issuer, and our secret there."""
    state = tmp_path_factory.mktemp("wester")
    with running_local_site(state) as issuer:
        yield issuer, (state / "wester" / "client_secret").read_text()


@dataclass
class Site:
    """The site as people reach it, with a clock that a test sets."""

    address: str
    wester: tuple[str, str]
    settings: Settings
    campaign: Any

    def at(self, now: datetime) -> None:
        """Set the clock to stand at an instant."""
        self.settings.CAMPAIGN_NOW = MovedClock(now, runs=False)

    def freeze(self, at: datetime) -> None:
        """Leave what a freeze leaves, and look a day later."""
        self.campaign.entries_frozen_at = at
        self.campaign.save(update_fields=["entries_frozen_at"])
        self.at(at + timedelta(days=1))

    def url(self, path: str = "") -> str:
        """Return the address of the campaign page or of one below it."""
        return f"{self.address}/campaign/detail/{CODE}/{path}"


@pytest.fixture
def site(live_server: Any, wester: tuple[str, str], settings: Settings) -> Site:
    """Serve the first campaign and sign in through the stand-in."""
    settings.WESTER_ISSUER, settings.WESTER_CLIENT_SECRET = wester
    settings.WESTER_CLIENT_ID = LOCAL_CLIENT_ID
    settings.WESTER_LOGIN_ORIGINS = [wester[0]]
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    directives = {**policy, "form-action": [policy["form-action"][0], wester[0]]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    campaign = CampaignFactory.create(code=CODE, published=True)
    address = live_server.url.replace("localhost", "127.0.0.1")
    return Site(address, wester, settings, campaign)


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Open a browser of a new visitor; an error in its console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_browser(language: str = "ja", size: ViewportSize = PHONE, **options: Any) -> Page:
        context = chromium.new_context(viewport=size, locale="ja-JP", **options)
        contexts.append(context)
        if language != "ja":
            name = site.settings.LANGUAGE_COOKIE_NAME
            context.add_cookies([{"name": name, "value": language, "url": site.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: hear(message.type, message.text))
        return page

    def hear(kind: str, text: str) -> None:
        # That an answer was not 200 is no complaint of the page's: some tests ask for that.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            complaints.append(text)

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []
