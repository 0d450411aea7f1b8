"""Verifying a draw and the seals from the page."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from core import audit, clock, sealing
from core.audit import Actor
from core.models import AuditRecord
from lottery import verdict
from lottery.models import Draw
from lottery.verdict import Step, Verdict, reach_verdict, read_step
from portal.desk.audit import verifying
from tests.factories.campaign import AT, UserFactory
from tests.factories.lottery import drawn_draw, published_draw

pytestmark = pytest.mark.django_db
VERIFY = "/staff/audit/verify/"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def staff(*, language: str = "en") -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(username="hanako", role="auditor"))
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def seal(records: int) -> None:
    actor = Actor(UserFactory.create())
    for _ in range(records):
        audit.record(actor=actor, action="draw.run", subject="c/1", at=AT, detail={})
    sealing.seal_batch(AuditRecord.objects.latest("id").pk, at=clock.now())


def test_a_draw_is_verified_and_who_did_is_recorded() -> None:
    draw = drawn_draw()
    client = staff()
    page = text_of(client.post(VERIFY, {"draw": draw.pk}))

    assert "Accepted. Note: the random number is one for tests." in page
    assert "Seed value: passed" in page
    record = AuditRecord.objects.get(action="draw.verified")
    assert (record.name, record.detail) == ("hanako", {"accepted": True, "drawn": True})
    assert "hanako" in text_of(client.get(VERIFY)).partition("Last verified")[2]


def test_a_draw_that_is_not_run_yet_is_verified_as_far_as_it_is() -> None:
    found = reach_verdict(published_draw())

    assert found.accepted
    assert found.text.startswith("Accepted, the draw can begin.")
    assert Step("Seed value", "only after the draw", "(7) seed: not before the draw") in found.steps


def test_a_draw_whose_files_were_changed_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = drawn_draw()
    draw.winners_csv = bytes(draw.winners_csv or b"").replace(b"1", b"2")
    found = reach_verdict(draw)

    assert found.accepted is False
    assert found.text.startswith("Not accepted: ")
    assert found.reason == found.steps[-1].name
    assert found.steps[-1].result == "failed"


def test_a_full_disk_is_no_fault_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(verdict, "verify_draw", fail)

    assert reach_verdict(Draw()).text.startswith("It could not be verified. ")


@pytest.mark.parametrize(
    ("line", "step"),
    [
        pytest.param(
            "(6) beacon: ok, round 5",
            Step("Public random number", "passed", "(6) beacon: ok, round 5"),
            id="a step that passed",
        ),
        pytest.param(
            "(12) new: FAILED, x.",
            Step("new", "failed", "(12) new: FAILED, x."),
            id="a step of a later verifier",
        ),
        pytest.param("ACCEPTED: the draw is as it must be.", None, id="the verdict"),
    ],
)
def test_read_step(line: str, step: Step | None) -> None:
    assert read_step(line) == step


def test_each_step_of_the_verifier_has_a_name() -> None:
    found = reach_verdict(drawn_draw())

    assert len(found.steps) == len(verdict.STEPS)
    assert [one.name for one in found.steps] == [str(name) for name in verdict.STEPS.values()]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Verdict(True, True), "Accepted."),
        (Verdict(True, True, is_test=True), "Accepted. Note: the random number is one for tests."),
        (Verdict(False, True, reason="Seed value"), "Not accepted: Seed value."),
    ],
)
def test_the_verdict_in_words(found: Verdict, text: str) -> None:
    assert found.text == text


def test_the_seals_are_verified_and_who_did_is_recorded() -> None:
    seal(3)
    page = text_of(staff().post(VERIFY, {"seals": "1"}))

    assert "Accepted: 3 records are as they were sealed." in page
    assert AuditRecord.objects.get(action="audit.verified").detail == {"records": 3, "findings": 0}


def test_only_the_newest_seals_are_verified_where_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verifying, "MAX_RECORDS", 5)
    for _ in range(3):
        seal(2)
    found = verifying.verify_seals(actor=Actor(UserFactory.create()))

    assert not found.is_whole
    assert (found.records, found.findings) == (4, [])


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "999999"])
def test_an_unknown_draw_is_not_found(number: str) -> None:
    assert staff().post(VERIFY, {"draw": number}).status_code == 404


def test_without_draws_and_seals_the_page_says_so() -> None:
    page = text_of(staff().get(VERIFY))

    assert "There is no draw yet." in page
    assert "Nothing is sealed yet." in page
