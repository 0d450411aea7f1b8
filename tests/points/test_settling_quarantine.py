"""Answers that cannot be read: nothing is closed before each is answered again or dismissed."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.urls import reverse
from pytest_django import Settings

from bookings.models import FeedFile, QuarantinedRow
from config.env import MovedClock
from core.models import AuditRecord
from points import closing, settling
from points.models import Payout, ResultsFile
from points.queries import SHOWN, find_open_answers, list_campaign_warnings, list_warnings
from points.refusals import AnswersWait, OtherPayout, PayoutClosed
from tests.campaign.staffpages import signed_in
from tests.commands import run, run_json
from tests.factories.bookings import FeedFileFactory, QuarantinedRowFactory
from tests.factories.campaign import UserFactory
from tests.guards import refused_as, sql
from tests.points.answers import Row, answer, classes, export, garble, reject, settle, write_answers
from tests.points.steps import CREDIT_AT, confirmed, paid, prepared, standings

pytestmark = pytest.mark.django_db
CLOSE = "UPDATE points_payout SET closed_at = ended_at"


@pytest.fixture(autouse=True)
def _at_the_crediting_instant(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT, runs=False)


@pytest.fixture
def payout() -> Payout:
    """Return a payout of three that has ended."""
    return paid()


@pytest.fixture
def rows(payout: Payout, tmp_path: Path) -> dict[str, Row]:
    """Return the exported credits by their members; the other side has credited all."""
    exported = {row["wester_id"]: row for row in export(payout, tmp_path)}
    settle(payout, tmp_path, map(answer, exported.values()))
    return exported


def close(payout: Payout) -> bool:
    return closing.close_payout(payout=payout, at=CREDIT_AT)


def statuses() -> list[str]:
    return list(QuarantinedRow.objects.order_by("id").values_list("status", flat=True))


def run_and_read(*words: object) -> tuple[Any, str]:
    """Run a command that is done; return its object and what it said on standard error."""
    stdout, stderr = StringIO(), StringIO()
    call_command(*map(str, words), "--json", stdout=stdout, stderr=stderr)
    return json.loads(stdout.getvalue()), stderr.getvalue()


def test_ten_rejections_that_cannot_be_read_are_reported_and_prevent_the_close(
    tmp_path: Path,
) -> None:
    payout = paid({f"W{number}": 5_000 for number in range(10)})
    code = payout.draw.campaign.code
    exported = export(payout, tmp_path)
    settle(payout, tmp_path, map(answer, exported))
    path = write_answers(tmp_path, map(garble, exported), sequence=2)

    settled, said = run_and_read("payout", "settle", code, path)

    sentence = (
        f"{code}: {path.name}: rows in quarantine, 10: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10. Settle a "
        "later file that answers them, or dismiss each with a reason."
    )
    assert said == f"Warning: {sentence}\n"
    assert settled["warnings"] == [sentence]
    assert (settled["file"]["status"], settled["file"]["quarantined"]) == ("loaded", 10)
    assert (settled["quarantined"], settled["open"]) == (10, 10)
    status = run_json("payout", "status", code)
    assert (status["quarantined"], status["open"], status["warnings"]) == (10, 10, [sentence])
    refused = run("payout", "close", code)
    hint = "See: quarantine list."
    assert (refused.code, refused.reason) == (1, f"{sentence.removeprefix(f'{code}: ')} {hint}")
    assert not any(f"W{number}" in sentence for number in range(10))

    run_json("payout", "settle", code, write_answers(tmp_path, map(reject, exported), sequence=2))

    assert statuses() == ["replayed"] * 10
    assert {one[0] for one in classes(payout).values()} == {"answered_twice"}


def test_a_mended_file_settles_what_it_answers(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"]), garble(rows["W2"])], sequence=2)
    with pytest.raises(AnswersWait, match=r"20250215-002\.csv: rows in quarantine, 2: 1, 2\. "):
        close(payout)

    settle(payout, tmp_path, [answer(rows["W1"])], sequence=2)
    assert statuses() == ["replayed", "open"]
    with pytest.raises(AnswersWait, match="1: 2"):
        close(payout)
    settle(payout, tmp_path, [answer(rows["W2"])], sequence=3)

    assert close(payout)
    settled = QuarantinedRow.objects.latest("id")
    assert (settled.settled_at, settled.note) == (CREDIT_AT, "A later file answers it.")


def test_a_file_without_any_answer_counts_among_the_files(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"])])
    settle(payout, tmp_path, [answer(rows["W1"], points="1")])

    deliveries = ResultsFile.objects.order_by("delivery").values_list("delivery", "file__name")
    assert [*deliveries] == [(n, "credit_results-20250215-001.csv") for n in (1, 2, 3)]
    assert statuses() == ["replayed"]
    assert classes(payout)["W1"] == ("amount_differs", True)


@pytest.mark.parametrize("quoted", [False, True], ids=["plain", "quoted"])
def test_a_later_file_that_came_first_answers_as_well(
    quoted: bool, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W1"])], sequence=3)
    settle(payout, tmp_path, [garble(rows["W1"])], sequence=2, quoting=int(quoted))

    assert statuses() == ["replayed"]
    assert close(payout)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([("W2", 3)], id="a later answer of another key"),
        pytest.param([("W1", 1)], id="an earlier file, come late"),
        pytest.param([], id="only what was said before"),
    ],
)
def test_nothing_else_answers_it(
    others: list[tuple[str, int]], payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"])], sequence=2)
    for member, sequence in others:
        again = answer(rows[member], detail="again")
        settle(payout, tmp_path, [again], sequence=sequence)

    assert statuses() == ["open"]
    with pytest.raises(AnswersWait):
        close(payout)


def test_the_same_file_does_not_answer_its_own_row(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"]), answer(rows["W1"])], sequence=2)

    assert statuses() == ["open"]


def test_a_person_dismisses_what_nobody_answers(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    """No file can answer a key that cannot be read."""
    UserFactory.create(username="mari", role="ops")
    settle(payout, tmp_path, [answer(rows["W1"], credit_key="no key")], sequence=2)
    settle(payout, tmp_path, map(answer, rows.values()), sequence=3)
    with refused_as("payout_closed_when_read"):
        sql(CLOSE)
    row = find_open_answers(payout).get()

    run_json("quarantine", "dismiss", row.pk, "--reason", "a trial of theirs", "--by", "mari")

    assert close(payout)
    assert AuditRecord.objects.get(action="quarantine.dismiss").detail["reason"] == (
        "a trial of theirs"
    )


def test_the_database_closes_nothing_over_an_answer_that_was_not_read(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"])], sequence=2)
    with refused_as("payout_closed_when_read"):
        sql(CLOSE)

    settle(payout, tmp_path, [answer(rows["W1"])], sequence=3)
    sql(CLOSE)

    assert Payout.objects.get().closed_at


def test_rows_of_other_feeds_and_other_payouts_prevent_no_close(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    other = paid({"W8": 5_000})
    settle(other, tmp_path, map(garble, export(other, tmp_path)), sequence=4)
    QuarantinedRowFactory.create()

    assert list_campaign_warnings(payout.draw.campaign, now=CREDIT_AT) == []
    assert close(payout)
    assert len(list_warnings(now=CREDIT_AT)) == 1


def test_a_file_is_not_spent_for_another_campaign_by_what_cannot_be_read(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    other = paid({"W8": 5_000})
    export(other, tmp_path)
    path = write_answers(tmp_path, [garble(rows["W1"])], sequence=2)

    with pytest.raises(OtherPayout):
        settling.settle(payout=other, path=path, at=CREDIT_AT)
    assert settling.settle(payout=payout, path=path, at=CREDIT_AT).quarantined == 1


@pytest.mark.parametrize("answers", [garble, None], ids=["no row that can be read", "no row"])
def test_nothing_is_set_aside_after_the_close(
    answers: Any, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    close(payout)
    late: list[Row] = [answers(rows["W1"])] if answers else []

    with pytest.raises(PayoutClosed):
        settle(payout, tmp_path, late, sequence=2)

    assert not QuarantinedRow.objects.exists()
    assert FeedFile.objects.count() == 1


def test_the_audit_records_how_many_were_quarantined(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"])], sequence=2)

    line = AuditRecord.objects.filter(action="payout.settle").latest("id")
    assert line.detail == {
        "name": "credit_results-20250215-002.csv",
        "applied": 0,
        "quarantined": 1,
        "forfeited": 0,
    }


def test_a_sentence_names_the_first_rows(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [garble(rows["W1"])] * SHOWN, sequence=2)
    [sentence] = list_campaign_warnings(payout.draw.campaign, now=CREDIT_AT)
    assert f"{SHOWN}: 1, 2" in sentence
    assert f", {SHOWN}. " in sentence

    settle(payout, tmp_path, [garble(rows["W1"])] * (SHOWN + 1), sequence=3)
    [_, sentence] = list_campaign_warnings(payout.draw.campaign, now=CREDIT_AT)
    assert f", {SHOWN}, …. " in sentence


def test_staff_see_it(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    settle(payout, tmp_path, [garble(rows["W1"])], sequence=2)
    client = signed_in(UserFactory.create(role="ops"))
    sentence = "credit_results-20250215-002.csv: rows in quarantine, 1: 1."

    listed = reverse("admin:points_payout_changelist")
    one = reverse("admin:points_payout_change", args=[payout.pk])
    assert sentence in client.get(listed).content.decode()
    assert sentence in client.get(one).content.decode()
    chosen = {"action": "close", "_selected_action": [payout.pk]}
    refused = client.post(listed, chosen)
    assert sentence in str([str(one) for one in messages_of(refused)])
    assert Payout.objects.get().closed_at is None


def messages_of(response: Any) -> Iterator[Any]:
    return iter(get_messages(response.wsgi_request))


def test_a_table_of_results_is_only_added_to(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    first = ResultsFile.objects.get()
    other = FeedFileFactory.create()
    with refused_as("resultsfile_in_order"):
        ResultsFile.objects.create(
            file=other, payout=payout, business_date="2025-02-15", sequence=9, delivery=1
        )
    ResultsFile.objects.create(
        file=other, payout=payout, business_date="2025-02-15", sequence=9, delivery=2
    )
    with refused_as("resultsfile_append_only"):
        sql("UPDATE points_resultsfile SET delivery = 9")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("resultsfile_never_truncated"):
        sql("TRUNCATE points_resultsfile")
    assert str(first) == "credit_results-20250215-001.csv"
    assert standings(payout.draw)["W1"][0] == "credited"


@pytest.mark.parametrize("verb", ["prepare", "run"])
def test_a_payout_warns_of_rows_that_its_recheck_does_not_know(verb: str) -> None:
    """Who has left is credited where the row that says so waits in quarantine."""
    UserFactory.create(username="ops", role="ops")
    for feed in ("bookings", "memberships", "credit_results"):
        QuarantinedRowFactory.create(file__feed=feed)
    draw = confirmed() if verb == "prepare" else prepared().draw
    words = ["--by", "ops"] if verb == "prepare" else []

    done, said = run_and_read("payout", verb, draw.campaign.code, *words)

    expected = [
        f"Rows of {feed} in quarantine, which do not count: 1."
        for feed in ("bookings", "memberships")
    ]
    assert [one for one in done["warnings"] if "not approved" not in one] == expected
    assert all(f"Warning: {sentence}\n" in said for sentence in expected)


def test_an_expiry_warns_of_answers_that_were_not_read(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    """A rejection that is read after it finds nothing to reverse."""
    assert "warnings" not in run_and_read("points", "expire")[0]
    settle(payout, tmp_path, [garble(rows["W1"])], sequence=2)

    assert run_and_read("points", "expire")[0]["warnings"] == [
        "Rows of credit_results in quarantine, which do not count: 1."
    ]
