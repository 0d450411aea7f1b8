"""The draw's page and an entrant's receipt, checked by the browser itself."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import FilePayload, Page, expect

from core.shared_pages import remembered
from lottery.models import Draw
from tests.browser.conftest import Site, Visit
from tests.browser.looking import PHONE, assert_good_everywhere, assert_good_to_use
from tests.browser.test_pages import LANGUAGES, carry_session
from tests.factories.campaign import TermsFactory
from tests.factories.entries import MemberFactory
from tests.factories.lottery import enter_members, frozen_draw
from tests.lottery.pages import SEEN_AT, STAGES, draw_at

TOTALS = {f"W{number}": 5_000 + 700 * number for number in range(1, 9)}
ENDS_WITHIN = 17_050  # points: two or three are drawn, and no sum of totals comes to as much
OUTCOMES = ("ok", "bad", "waiting")
STEPS = ("form", "manifest", "commitment", "path", "seed", "ticket", "winners", "place", "award")
TAMPERED: dict[str, tuple[Any, str]] = {
    "schema": ("pointdraw/1/receipt", "form"),
    "manifest_sha256": ("00" * 32, "manifest"),
    "rewards": ([20_001], "commitment"),
    "mask": (0, "commitment"),
    "wester_id": ("W-other", "path"),
    "pid": ("00" * 16, "path"),
    "lots": (2, "path"),
    "nonces": (["00" * 32], "path"),
    "index": (7_000, "path"),
    "path": ([], "path"),
    "ticket": ("00" * 32, "ticket"),
    "lot": (2, "ticket"),
    "rank": (8, "place"),
    "awards": ([1], "award"),
}


def make_draw(site: Site, stage: str, **terms: Any) -> Draw:
    """Bring the site's draw to a stage, under other terms if there are any."""
    if terms:
        TermsFactory.create(campaign=site.campaign, published=True, **terms)
    enter_members(site.campaign, TOTALS)
    with transaction.atomic():
        draw = draw_at(stage, frozen_draw(campaign=site.campaign))
    site.at(SEEN_AT[stage])
    return draw


def visit_receipt(site: Site, page: Page, wester_id: str) -> None:
    """Open a member's page of their receipt."""
    carry_session(page, site, MemberFactory.create(wester_id=wester_id))
    page.goto(site.url("draw/1/receipt/"))


def outcomes(page: Page) -> dict[str, str | None]:
    """Wait for the end of the check and return what it found at each step."""
    expect(page.locator("[data-said]")).to_have_attribute(
        "data-state", re.compile("ok|bad|waiting")
    )
    return {
        step: page.locator(f'[data-step="{step}"]').get_attribute("data-state") for step in STEPS
    }


def check_mine(page: Page) -> dict[str, str | None]:
    """Press the button and wait for the end of the check."""
    page.get_by_role("button", name="自分の証明書を検証する").click()
    return outcomes(page)


def check_file(page: Page, content: bytes) -> dict[str, str | None]:
    """Choose a file and wait for the end of the check."""
    chooser = page.locator("[data-check-file]")
    file: FilePayload = {
        "name": "receipt.json",
        "mimeType": "application/json",
        "buffer": content,
    }
    chooser.set_input_files([file])
    return outcomes(page)


def own_receipt(page: Page) -> dict[str, Any]:
    """Fetch the receipt as its owner."""
    receipt: dict[str, Any] = page.evaluate("async () => (await fetch('../receipt.json')).json()")
    return receipt


def as_file(receipt: dict[str, Any]) -> bytes:
    """Write a receipt as the protocol does."""
    return json.dumps(receipt, sort_keys=True, separators=(",", ":")).encode()


def ids_by_rank(draw: Draw) -> list[str]:
    """Return the winners in the order of the draw."""
    return list(draw.awards.order_by("rank").values_list("entrant__wester_id", flat=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_the_draw_is_good_to_look_at(site: Site, visit: Visit, stage: str, language: str) -> None:
    make_draw(site, stage)
    page = visit(language)
    page.goto(site.url("draw/"))
    expect(page.locator("[data-tools]")).to_be_visible()
    assert_good_everywhere(page)


@pytest.mark.parametrize(
    ("language", "said"),
    [("ja", "抽選はまだ始まっていません。"), ("en", "The draw has not begun yet.")],
)
def test_before_the_freeze_the_draw_is_good_to_look_at(
    site: Site, visit: Visit, language: str, said: str
) -> None:
    site.at(SEEN_AT["frozen"])
    page = visit(language)
    page.goto(site.url("draw/"))
    expect(page.get_by_text(said)).to_be_visible()
    assert_good_everywhere(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_checked_receipt_is_good_to_look_at(site: Site, visit: Visit, language: str) -> None:
    winner = ids_by_rank(make_draw(site, "confirmed"))[0]
    page = visit(language)
    visit_receipt(site, page, winner)
    page.locator("[data-check-mine]").click()
    assert outcomes(page) == dict.fromkeys(STEPS, "ok")
    assert_good_everywhere(page)


def test_winners_and_losers_see_every_step_fit(site: Site, visit: Visit) -> None:
    draw = make_draw(site, "confirmed", budget_points=ENDS_WITHIN)
    winners = ids_by_rank(draw)
    losers = sorted(TOTALS.keys() - set(winners))
    assert winners
    assert losers
    # One of the losers is who did not fit; the first winner may be the last one too.
    for wester_id in dict.fromkeys((winners[0], winners[-1], *losers)):
        page = visit()
        visit_receipt(site, page, wester_id)
        words = "当選（" if wester_id in winners else "落選"
        expect(page.locator(".slip").get_by_text(words)).to_be_visible()
        assert check_mine(page) == dict.fromkeys(STEPS, "ok")
        expect(page.get_by_role("status")).to_contain_text("すべて一致しました。")
        expect(page.locator('[data-step="path"] .outcome-ok')).to_be_visible()
    assert_good_everywhere(page)


def test_who_gets_what_is_left_sees_every_step_fit(site: Site, visit: Visit) -> None:
    draw = make_draw(site, "confirmed", budget_points=ENDS_WITHIN, edge="partial")
    last = draw.awards.order_by("-rank")[0]
    assert last.points < last.entrant.rewards[0]
    page = visit()
    visit_receipt(site, page, last.entrant.wester_id)
    assert check_mine(page) == dict.fromkeys(STEPS, "ok")
    assert own_receipt(page)["awards"] == [last.points]


def test_before_the_result_the_place_in_the_list_is_checked(site: Site, visit: Visit) -> None:
    make_draw(site, "published")
    page = visit()
    visit_receipt(site, page, "W1")
    found = check_mine(page)
    assert [found[step] for step in STEPS] == ["ok"] * 4 + ["waiting"] * 5
    expect(page.get_by_role("status")).to_contain_text("ここまですべて一致しました。")
    assert_good_everywhere(page)


@pytest.mark.parametrize("field", TAMPERED)
def test_a_tampered_receipt_fails_at_its_step(site: Site, visit: Visit, field: str) -> None:
    draw = make_draw(site, "confirmed", budget_points=ENDS_WITHIN)
    page = visit()
    visit_receipt(site, page, ids_by_rank(draw)[0])
    value, step = TAMPERED[field]
    receipt = own_receipt(page)
    assert check_file(page, as_file(receipt)) == dict.fromkeys(STEPS, "ok")
    found = check_file(page, as_file({**receipt, field: value}))
    place = STEPS.index(step)
    expected = ["ok"] * place + ["bad"] + [None] * (len(STEPS) - place - 1)
    assert [found[one] for one in STEPS] == expected
    title = page.locator(f'[data-step="{step}"] h3').inner_text()
    expect(page.get_by_role("status")).to_contain_text(
        f"一致しない項目があります。最初に一致しなかった項目： {title}"
    )
    expect(page.locator(f'[data-step="{step}"] .outcome-bad')).to_be_visible()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="something else"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b'{"awards": [1]}', id="fields missing"),
    ],
)
def test_what_is_no_receipt_fails_at_once(site: Site, visit: Visit, content: bytes) -> None:
    make_draw(site, "published")
    page = visit()
    page.goto(site.url("draw/"))
    assert check_file(page, content)["form"] == "bad"
    assert_good_to_use(page)


def test_a_loser_cannot_pass_for_a_winner(site: Site, visit: Visit) -> None:
    draw = make_draw(site, "confirmed", budget_points=ENDS_WITHIN)
    loser = min(TOTALS.keys() - set(ids_by_rank(draw)))
    page = visit()
    visit_receipt(site, page, loser)
    receipt = {**own_receipt(page), "rank": 1, "awards": [TOTALS[loser]]}
    assert check_file(page, as_file(receipt))["place"] == "bad"


def test_a_receipt_of_a_void_draw_is_checked_beside_its_successor(site: Site, visit: Visit) -> None:
    draw = make_draw(site, "void")
    with transaction.atomic():
        frozen_draw(
            campaign=site.campaign,
            at=SEEN_AT["void"] + timedelta(hours=1),
            round_time=draw.round_time + timedelta(days=4),
        )
    page = visit()
    visit_receipt(site, page, "W1")
    receipt = as_file(own_receipt(page))
    page.goto(site.url("draw/"))
    assert check_file(page, receipt) == dict.fromkeys(STEPS, "ok")


def test_files_that_cannot_be_fetched_are_said_so(site: Site, visit: Visit) -> None:
    make_draw(site, "published")
    page = visit()
    visit_receipt(site, page, "W1")
    page.route("**/receipt.json", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="自分の証明書を検証する").click()
    expect(page.get_by_role("status")).to_contain_text("ファイルを読み込めませんでした。")


def test_the_way_to_the_proof_needs_keys_alone(site: Site, visit: Visit) -> None:
    make_draw(site, "confirmed")
    page = visit(size=PHONE)
    carry_session(page, site, MemberFactory.create(wester_id="W1"))
    page.goto(site.url("mypage/"))
    page.get_by_role("link", name="抽選証明書を見る").press("Enter")
    button = page.get_by_role("button", name="自分の証明書を検証する")
    expect(button).to_be_visible()
    button.press("Enter")
    assert outcomes(page) == dict.fromkeys(STEPS, "ok")
    page.locator('[data-step="seed"] summary').press("Enter")
    expect(page.locator('[data-step="seed"] [data-value="seed"] code')).to_have_text(
        re.compile(r"^[0-9a-f]{64}$")
    )


def test_the_time_left_counts_down_to_the_round(site: Site, visit: Visit) -> None:
    draw = make_draw(site, "published")
    site.settings.DEMO_MODE = True  # or the page would go by the browser's own clock
    page = visit()
    page.goto(site.url("draw/"))
    left = page.locator("[data-left]")
    expect(left).to_have_text(re.compile(r"^(1時間0分0秒|59分\d+秒)$"))
    shown = left.inner_text()
    expect(left).not_to_have_text(shown)
    site.at(draw.round_time - timedelta(seconds=1))
    remembered.clear()
    page.reload()
    expect(page.get_by_text("抽選の時刻になりました。")).to_be_visible()


def test_without_scripts_everything_is_there_to_read(site: Site, visit: Visit) -> None:
    make_draw(site, "published")
    page = visit(java_script_enabled=False)
    page.goto(site.url("draw/"))
    expect(page.get_by_text("抽選は1月17日（金）12時に行います。")).to_be_visible()
    expect(page.get_by_text("抽選まで あと")).to_be_hidden()
    expect(page.get_by_text("このページでの検証にはJavaScriptが必要です。")).to_be_visible()
    expect(page.get_by_role("link", name="entries.bin")).to_be_visible()


def test_a_file_is_downloaded_under_its_name(site: Site, visit: Visit) -> None:
    draw = make_draw(site, "published")
    page = visit()
    page.goto(site.url("draw/"))
    with page.expect_download() as found:
        page.get_by_role("link", name="manifest.json").click()
    assert found.value.suggested_filename == "manifest.json"
    assert found.value.path().read_bytes() == bytes(draw.manifest)


def test_a_printed_receipt_is_the_receipt_alone(site: Site, visit: Visit) -> None:
    make_draw(site, "confirmed")
    page = visit()
    visit_receipt(site, page, "W1")
    page.emulate_media(media="print")
    expect(page.locator(".slip")).to_be_visible()
    for hidden in (page.locator("[data-checker]"), page.get_by_role("link", name="ダウンロード")):
        expect(hidden).to_be_hidden()
