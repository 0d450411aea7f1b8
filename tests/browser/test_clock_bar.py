"""The demo's bar, for visitors with a phone, keys or a screen reader."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core import clock
from dev.demo import days, open_campaign, steps
from dev.demo.private_file import write_private
from tests.browser.conftest import Site, Visit
from tests.browser.looking import assert_good_everywhere
from tests.factories.campaign import JAPAN

OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)


LABELS = {"ja": "受付終了後", "en": "Entry is over"}


@pytest.mark.parametrize("language", LABELS)
def test_the_bar_moves_the_clock_and_is_good_to_use(
    site: Site,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    language: str,
) -> None:
    site.settings.DEMO_MODE = True
    site.settings.LOCAL_STATE_DIR = tmp_path
    monkeypatch.setattr(steps, "run_until", lambda _job, _stop: None)
    monkeypatch.setattr(days, "play_nights", lambda _job, **_instant: None)
    write_private(open_campaign.open_code_file(tmp_path), site.campaign.code)
    clock.move_demo_clock(to=OPENS)
    page = visit(language=language)
    page.goto(site.url())
    assert_good_everywhere(page)

    page.locator('.demo-bar button[value="closed"]').click()

    expect(page.locator(".badge-closed")).to_be_visible()
    expect(page.locator('.demo-bar li[aria-current="step"]')).to_have_text(LABELS[language])
    expect(page.locator('.demo-bar button[value="closed"]')).to_have_count(0)
    assert_good_everywhere(page)
