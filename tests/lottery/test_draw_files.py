"""The files of a draw: the right bytes under the right type, and none before its time."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from pytest_django import Settings

from config.env import MovedClock
from lottery import bundle
from lottery.models import Draw
from tests.factories.lottery import PUBLISHES, frozen_draw, run, void
from tests.lottery.pages import SEEN_AT, STAGES, TOTALS, address, browser_of, draw_at, visitor

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
LIST = {"terms.json", "manifest.json", "manifest.sig", "entries.bin", "verify_draw.py"}
RESULT = {"round.json", "result.json", "winners.csv"}
TYPES = {
    "terms.json": "application/json",
    "manifest.sig": "text/plain; charset=us-ascii",
    "entries.bin": "application/octet-stream",
    "verify_draw.py": "text/x-python; charset=utf-8",
    "winners.csv": "text/csv; charset=utf-8",
}


@pytest.fixture(autouse=True)
def set_clock(settings: Settings) -> SetClock:
    """Stop the clock at an instant."""

    def stand_at(now: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(now, runs=False)

    stand_at(SEEN_AT["confirmed"])
    return stand_at


def fetch(draw: Draw, name: str) -> Any:
    """Fetch a file as anybody may."""
    return visitor().get(address(draw, f"{draw.sequence}/{name}"))


def content(response: Any) -> bytes:
    """Return what came."""
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_not_public_yet_is_not_found(stage: str) -> None:
    draw = draw_at(stage)
    found = {name for name in LIST | RESULT if fetch(draw, name).status_code == HTTPStatus.OK}
    expected = {"frozen": set(), "confirmed": LIST | RESULT, "void": LIST | RESULT}
    assert found == expected.get(stage, LIST)


def test_a_404_before_publication_is_not_cached() -> None:
    response = fetch(draw_at("drawn"), "result.json")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "no-store" in response.headers["Cache-Control"]


def test_a_draw_that_was_void_before_its_publication_has_no_public_files() -> None:
    draw = void(frozen_draw(TOTALS), at=PUBLISHES)
    assert {fetch(draw, name).status_code for name in LIST | RESULT} == {HTTPStatus.NOT_FOUND}


def test_a_draw_that_was_run_only_to_be_void_comes_out_whole() -> None:
    draw = run(frozen_draw(TOTALS), to_void=True)
    draw = void(draw, at=SEEN_AT["void"])
    assert {fetch(draw, name).status_code for name in LIST | RESULT} == {HTTPStatus.OK}
    assert "初めて公開しました" in visitor().get(address(draw)).content.decode()


def test_files_are_the_bundles_byte_for_byte() -> None:
    draw = draw_at("confirmed")
    fetched = {name: content(fetch(draw, name)) for name in LIST | RESULT}
    assert fetched == {name: b"".join(open_()) for name, open_ in bundle.bundle_files(draw).items()}
    assert hashlib.sha256(fetched["manifest.json"]).digest() == bytes(draw.manifest_sha256)


@pytest.mark.parametrize("name", TYPES)
def test_a_file_is_saved_under_its_name_and_cached_forever(name: str) -> None:
    response = fetch(draw_at("confirmed"), name)
    assert response.headers["Content-Type"] == TYPES[name]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_a_file_is_not_sent_again_to_a_client_that_has_it() -> None:
    draw = draw_at("confirmed")
    known = {name: fetch(draw, name).headers["ETag"] for name in LIST | RESULT}
    assert len(set(known.values())) == len(known)
    again = visitor().get(
        address(draw, "1/entries.bin"), headers={"if-none-match": known["entries.bin"]}
    )
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    other = visitor().get(
        address(draw, "1/entries.bin"), headers={"if-none-match": known["winners.csv"]}
    )
    assert other.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "path",
    [
        "1/passwords.txt",
        "1/..",
        "2/manifest.json",
        "0/manifest.json",
        "99999999999999999999/manifest.json",
        "x/manifest.json",
        "9/",
    ],
)
def test_what_there_is_not_is_not_found(path: str) -> None:
    draw = draw_at("confirmed")
    assert visitor().get(address(draw, path)).status_code == HTTPStatus.NOT_FOUND


def test_the_folder_leads_to_the_list_of_files() -> None:
    draw = draw_at("published")
    response = visitor().get(address(draw, "1/"))
    assert response.headers["Location"] == address(draw, "#draw-1")


@pytest.mark.parametrize("path", ["", "1/manifest.json", "1/receipt/", "1/receipt.json"])
def test_pages_and_files_are_only_read(path: str) -> None:
    draw = draw_at("published")
    response = visitor().post(address(draw, path))
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("stage", STAGES)
def test_a_receipt_is_the_entrants_from_the_publication_on(set_clock: SetClock, stage: str) -> None:
    draw = draw_at(stage)
    set_clock(SEEN_AT[stage])
    client = browser_of("W2")
    file, page = (client.get(address(draw, f"1/{path}")) for path in ("receipt.json", "receipt/"))
    if stage == "frozen":
        assert (file.status_code, page.status_code) == (404, 404)
        return
    receipt = json.loads(file.content)
    assert (receipt["wester_id"], receipt["rewards"]) == ("W2", [12_340])
    assert (receipt["ticket"] is not None) == (stage in ("confirmed", "void"))
    for response in (file, page):
        assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert receipt["manifest_sha256"] in page.content.decode()
    assert ("12,340ポイント" in page.content.decode()) is True
    assert ("当選（" in page.content.decode()) == (stage in ("confirmed", "void"))


@pytest.mark.parametrize("path", ["1/receipt.json", "1/receipt/"])
def test_a_receipt_is_only_its_entrants(path: str) -> None:
    draw = draw_at("confirmed")
    assert browser_of("W-other").get(address(draw, path)).status_code == HTTPStatus.NOT_FOUND
    response = visitor().get(address(draw, path))
    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"].startswith("/accounts/login/")


def test_a_page_of_a_receipt_names_no_wester_id() -> None:
    draw = draw_at("confirmed")
    page = browser_of("W3").get(address(draw, "1/receipt/")).content.decode()
    assert "W3" not in page
    assert ">W1<" not in page


def test_a_receipt_stays_after_a_later_draw() -> None:
    first = draw_at("void")
    frozen_draw(
        campaign=first.campaign,
        at=SEEN_AT["void"] + timedelta(hours=1),
        round_time=first.round_time + timedelta(days=4),
    )
    response = browser_of("W1").get(address(first, "1/receipt/"))
    assert response.status_code == HTTPStatus.OK
    assert "この抽選は無効となりました" in response.content.decode()
