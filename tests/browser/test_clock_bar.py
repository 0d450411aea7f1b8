"""The demo's bar, for whoever uses it with a phone, keys or a screen reader."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from core import clock
from tests.browser.conftest import Site, Visit
from tests.browser.looking import assert_good_everywhere
from tests.factories.campaign import JAPAN

OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_bar_moves_the_clock_and_is_good_to_use(
    site: Site, visit: Visit, language: str
) -> None:
    site.settings.DEMO_MODE = True
    clock.move_demo_clock(to=OPENS)
    page = visit(language=language)
    page.goto(site.url())
    assert_good_everywhere(page)

    page.locator('.demo-bar button[value="closed"]').click()

    expect(page.locator(".badge-closed")).to_be_visible()
    expect(page.locator('.demo-bar button[value="closed"]')).to_have_attribute(
        "aria-current", "step"
    )
