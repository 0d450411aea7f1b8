"""The steps of a campaign in the browser: what will happen, what happened, what comes next."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client

from campaign.models import AggregationRun, Campaign
from campaign.tasks import compute_shards
from core import roles
from core.models import Approval, AuditRecord
from lottery import chains
from lottery.beacon import round_json
from lottery.fetching import NoRelayAnswered
from lottery.local_chain import sign_round
from lottery.models import Draw
from points.models import KeyStanding, Payout, Transfer
from points.tasks import pay_parts
from portal.desk.operations import feed_views, forms, nights, payout, views
from tests.approving import approve
from tests.campaign.staffpages import signed_in
from tests.factories.bookings import FeedFileFactory, QuarantinedRowFactory
from tests.factories.campaign import UserFactory
from tests.factories.lottery import (
    CLOSED,
    FREEZES,
    PUBLISHES,
    ROUND,
    closed_campaign,
    drawn_draw,
    frozen_draw,
    published_draw,
    void,
)
from tests.points import steps
from tests.points.answers import answer, export, reject, write_answers
from tests.points.steps import CREDIT_AT

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
HOME = "/staff/operations/"
REFUSED = {"status": "refused", "encoding": "", "version": 0, "rows": 0, "quarantined": 0}
QUARANTINE = f"{HOME}quarantine/"


def steps_of(campaign: Campaign | str, step: str = "") -> str:
    """Return the address of a campaign's steps, or of one of them."""
    code = campaign if isinstance(campaign, str) else campaign.code
    return f"{HOME}campaigns/{code}/{step}{'/' if step else ''}"


def staff(role: str = "ops") -> Client:
    return signed_in(UserFactory.create(role=role))


def text_of(response: Any) -> str:
    """Return the words of a page, without tags."""
    assert response.status_code == 200
    page = response.content.decode()
    main = page[page.index("<main") :]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def error_at(response: Any, field: str) -> str:
    """Return the errors that stand at a field of the page's form."""
    found = re.search(rf'id="id_{field}_error">(.*?)</ul>', response.content.decode())
    return found.group(1) if found else ""


def press(client: Client, address: str, **sent: Any) -> str:
    """Press the button of a page and return the words of the page that follows."""
    return text_of(client.post(address, sent, follow=True))


def approve_open(at: datetime) -> None:
    """Approve the request that is open, as another person."""
    approve(Approval.objects.get(state="open").pk, at=at)


def uploaded(path: Path) -> dict[str, SimpleUploadedFile]:
    """Return a feed file with its manifest as a browser sends both."""
    manifest = path.with_name(f"{path.name}.manifest.json")
    return {
        "file": SimpleUploadedFile(path.name, path.read_bytes()),
        "manifest": SimpleUploadedFile(manifest.name, manifest.read_bytes()),
    }


def unpacked(response: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def _work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is sent to the workers be done here and now."""

    def work(task: Any, **arguments: Any) -> bool:
        {compute_shards.name: compute_shards, pay_parts.name: pay_parts}[task.name](**arguments)
        return True

    monkeypatch.setattr(nights, "enqueue", work)
    monkeypatch.setattr(payout, "enqueue", work)


@pytest.mark.usefixtures("_work_at_once")
def test_a_campaign_is_brought_to_its_end_in_the_browser(
    set_clock: SetClock, tmp_path: Path
) -> None:
    campaign = closed_campaign({"W1": 5_000, "W2": 12_340, "W3": 30_000})
    client = staff()

    def shown() -> str:
        return text_of(client.get(steps_of(campaign)))

    set_clock(FREEZES)
    assert "Next: Fix the list of entrants" in shown()
    typed = {"round_time": f"{ROUND:%Y-%m-%dT%H:%M:%S}", "chain": "local"}
    assert "fixed with 3 entrants" in press(client, steps_of(campaign, "freeze"), **typed)
    set_clock(PUBLISHES)
    assert "The list of 3 entrants" in text_of(client.get(steps_of(campaign, "publish")))
    assert "Approval is requested" in press(client, steps_of(campaign, "publish"))
    assert "Waits for approval: Publish the list" in shown()
    approve_open(PUBLISHES)
    assert "The random value appears on" in shown()
    set_clock(ROUND + timedelta(minutes=1))
    assert "Drawn: 3 winners, 37,340 points." in press(client, steps_of(campaign, "draw"))
    assert "3 winners" in text_of(client.get(steps_of(campaign, "confirm")))
    press(client, steps_of(campaign, "confirm"))
    approve_open(ROUND + timedelta(hours=1))
    assert "37,340 points to 3 awards" in text_of(client.get(steps_of(campaign, "prepare")))
    press(client, steps_of(campaign, "prepare"))
    approve_open(ROUND + timedelta(hours=1))
    assert "Points are credited from" in shown()
    set_clock(CREDIT_AT)
    assert "sent to the workers" in press(client, steps_of(campaign, "credit"))
    assert "The file of credits was never written." in shown()
    files = unpacked(client.post(steps_of(campaign, "export")))
    (name, manifest), one = sorted(files), Payout.objects.get()
    assert (name, manifest) == (str(one.file), f"{one.file}.manifest.json")
    assert "Keys to be resolved: 3." in shown()
    answers = write_answers(tmp_path, map(answer, export(one, tmp_path)))
    settled = press(client, steps_of(campaign, "settle"), **uploaded(answers))
    assert "3 answers, 3 of them new, 0 in quarantine." in settled
    assert "Next: Close the payout" in settled
    assert "The payout is closed." in press(client, steps_of(campaign, "close"))
    assert "Every step is done." in shown()
    one.refresh_from_db()
    assert one.closed_at == CREDIT_AT
    for action in ("draw.freeze", "draw.run", "payout.run", "payout.settle", "payout.close"):
        record = AuditRecord.objects.get(action=action)
        assert record.user_id == int(client.session["_auth_user_id"])


WHY_NOT = {
    "publish": "list of entrants is not fixed yet",
    "draw": "list of entrants is not fixed yet",
    "confirm": "list of entrants is not fixed yet",
    "prepare": "has no confirmed draw",
    "credit": "payout is not approved",
    "export": "payout is not approved",
    "settle": "payout is not approved",
    "close": "payout is not approved",
    "void": "no draw that could become void",
    "reveal": "no draw whose keys are stored",
    "forget": "no draw whose keys are stored",
    "reverse": "no credits yet",
}


def test_a_step_that_is_not_possible_says_why(set_clock: SetClock) -> None:
    campaign, client = closed_campaign({"W1": 5_000}), staff()
    set_clock(FREEZES)
    listed = text_of(client.get(steps_of(campaign)))
    for step, why in WHY_NOT.items():
        page = press(client, steps_of(campaign, step), reason="x")
        assert "Not possible now" in page, step
        assert why in page, step
        assert why in listed, step
    set_clock(CLOSED - timedelta(seconds=1))
    page = press(client, steps_of(campaign, "freeze"), round_time="2030-01-01", chain="local")
    assert "entry period has not ended" in page
    assert not Approval.objects.filter(state="open").exists()
    assert not Draw.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        pytest.param({"round_time": "2024-01-01T00:00"}, "", "cannot be published", id="too soon"),
        pytest.param({"round_time": "noon"}, "round_time", "valid date/time", id="no instant"),
        pytest.param({"chain": "other"}, "chain", "valid choice", id="no chain"),
    ],
)
def test_what_cannot_be_fixed_is_said_beside_the_form(
    set_clock: SetClock, changed: dict[str, str], field: str, said: str
) -> None:
    set_clock(FREEZES)
    campaign = closed_campaign({"W1": 5_000})
    typed = {"round_time": f"{ROUND:%Y-%m-%dT%H:%M:%S}", "chain": "local", **changed}
    response = staff().post(steps_of(campaign, "freeze"), typed)
    assert said in (error_at(response, field) if field else text_of(response))
    assert not Draw.objects.exists()


ASKING_NOBODY = {"aggregate"}


def test_every_step_takes_its_permission_and_the_second_factor(
    set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(FREEZES)
    campaign = closed_campaign({"W1": 5_000})
    clients = {role: staff(role) for role in roles.ROLES}
    for name, step in views.STEPS.items():
        address = steps_of(campaign, name)
        allowed = {role for role in roles.ROLES if step.permission in roles.registered(role)}
        assert {"ops"} <= allowed <= {"ops", "campaign", "auditor"}, name
        for role in allowed:
            assert clients[role].get(address).status_code == 200, (name, role)
        refused = clients[min(set(roles.ROLES) - allowed)]
        assert [refused.get(address).status_code, refused.post(address).status_code] == [403, 403]
    factor_pages = ask_everywhere(monkeypatch)
    addresses = {name: steps_of(campaign, name) for name in views.STEPS}
    for address in addresses.values():
        clients["ops"].post(address)
    assert factor_pages == [one for name, one in addresses.items() if name not in ASKING_NOBODY]


def ask_everywhere(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ask for the second factor at every page; return where it was asked."""
    addresses: list[str] = []

    def ask(request: HttpRequest) -> HttpResponse:
        addresses.append(request.path)
        return HttpResponseRedirect("/elsewhere/")

    for module in (views, feed_views):
        monkeypatch.setattr(module, "ask_again", ask)
    return addresses


def test_results_before_the_confirmation_are_for_who_runs_confirms_and_decides(
    set_clock: SetClock,
) -> None:
    set_clock(ROUND + timedelta(minutes=2))
    address = steps_of(drawn_draw().campaign)
    viewers = [one for one in roles.ROLES if views.MAY_SEE in roles.registered(one)]
    seen = {role for role in viewers if "37,340" in text_of(staff(role).get(address))}
    assert seen == {"ops", "campaign", "approver"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"{}", "holds no random value", id="no round"),
        pytest.param(b"x" * 70_000, "too large", id="too large"),
        pytest.param(None, "names round", id="another round"),
    ],
)
def test_a_file_that_is_not_the_random_value_is_refused_at_its_field(
    set_clock: SetClock, content: bytes | None, said: str, settings: Any
) -> None:
    draw = published_draw({"W1": 5_000})
    set_clock(ROUND + timedelta(minutes=1))
    if content is None:
        content = round_json(sign_round(settings.DRAW_CHAIN_FOLDER, draw.round + 1))
    file = SimpleUploadedFile("round.json", content)
    response = staff().post(steps_of(draw.campaign, "draw"), {"file": file})
    assert said in error_at(response, "file")
    draw.refresh_from_db()
    assert draw.drawn_at is None


def test_a_random_value_can_be_uploaded(set_clock: SetClock, settings: Any) -> None:
    draw = published_draw({"W1": 5_000})
    set_clock(ROUND + timedelta(minutes=1))
    content = b"\xef\xbb\xbf" + round_json(sign_round(settings.DRAW_CHAIN_FOLDER, draw.round))
    file = SimpleUploadedFile("round.json", content)
    assert "Drawn: 1 winners" in press(staff(), steps_of(draw.campaign, "draw"), file=file)


def test_the_random_value_is_fetched_once_it_is_due(
    set_clock: SetClock, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    answers: list[Any] = [NoRelayAnswered("No relay answered. https://relay.example: refused.")]

    def fetch(_chain: object, number: int) -> object:
        if answers:
            raise answers.pop()
        return sign_round(settings.DRAW_CHAIN_FOLDER, number)

    monkeypatch.setattr(chains, "fetch_round", fetch)
    monkeypatch.setattr(chains, "QUICKNET", chains.chain_named("local"))
    draw = published_draw({"W1": 5_000}, chain="quicknet")
    client, address = staff(), steps_of(draw.campaign, "draw")
    set_clock(ROUND - timedelta(seconds=1))
    assert "The random value appears on" in press(client, address)
    set_clock(ROUND + timedelta(minutes=1))
    page = press(client, address)
    assert "No relay of drand answered." in page
    assert "relay.example" not in page
    assert "Drawn: 1 winners" in press(client, address)


def test_a_draw_that_was_not_published_in_time_is_run_to_be_void(set_clock: SetClock) -> None:
    draw = frozen_draw({"W1": 5_000})
    client = staff()
    set_clock(ROUND + timedelta(minutes=1))
    assert "run it first" in text_of(client.get(steps_of(draw.campaign, "void")))
    assert "was not published in time" in text_of(client.get(steps_of(draw.campaign, "draw")))
    press(client, steps_of(draw.campaign, "draw"))
    too_long = client.post(steps_of(draw.campaign, "void"), {"reason": "a\u200bb"})
    assert "one line" in error_at(too_long, "reason")
    page = press(client, steps_of(draw.campaign, "void"), reason="The list was late.")
    assert "Approval is requested" in page
    assert Approval.objects.get(state="open").content["reason"] == "The list was late."


def test_a_key_is_taken_once_as_a_file_after_the_approval(set_clock: SetClock) -> None:
    draw = published_draw({"W1": 5_000})
    set_clock(PUBLISHES)
    auditor = staff("auditor")
    address, sent = steps_of(draw.campaign, "reveal"), {"draw": draw.sequence}

    assert "Approval is requested" in press(auditor, address, **sent)
    approve_open(PUBLISHES)
    assert "Approved: press the button" in text_of(auditor.get(address))
    key = auditor.post(address, sent)
    assert re.fullmatch(r"[0-9a-f]{64}\n", key.content.decode())
    assert "no-store" in key.headers["Cache-Control"]
    after = text_of(auditor.get(address))
    assert "Approved: press the button" not in after
    assert "Key last taken" in after
    assert "Approval is requested" in press(auditor, address, **sent)
    record = AuditRecord.objects.get(action="draw.reveal")
    assert record.user_id == int(auditor.session["_auth_user_id"])


def test_keys_of_a_void_draw_are_erased_by_request(set_clock: SetClock) -> None:
    draw = void(published_draw({"W1": 5_000}))
    set_clock(PUBLISHES)
    client = staff()
    page = press(client, steps_of(draw.campaign, "forget"), draw=draw.sequence)
    assert "Approval is requested" in page
    assert "A load was missing." in text_of(client.get(steps_of(draw.campaign)))
    approve_open(PUBLISHES)
    assert "keys erased on" in text_of(client.get(steps_of(draw.campaign)))


@pytest.fixture
def exported(set_clock: SetClock, tmp_path: Path) -> tuple[Payout, list[Any]]:
    """Return a payout whose file was sent, and its credits."""
    set_clock(CREDIT_AT)
    payout = steps.paid()
    return payout, export(payout, tmp_path)


def test_a_file_of_answers_is_refused_at_its_field(
    exported: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout, rows = exported
    path = write_answers(tmp_path, map(answer, rows))
    client, address = staff(), steps_of(payout.draw.campaign, "settle")

    def refused(field: str, **changed: Any) -> str:
        response = client.post(address, {**uploaded(path), **changed})
        return error_at(response, field)

    def file(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, b"x")

    assert "required" in refused("manifest", manifest="")
    assert "its name must be" in refused("file", file=file("answers.csv"))
    assert "another file" in refused("manifest", manifest=file("x.csv.manifest.json"))
    assert "checksum" in refused("file", file=file(path.name))
    monkeypatch.setattr(forms, "MAX_ANSWER_FILE_BYTES", 10)
    assert "at most 10 bytes" in refused("file")
    assert not payout.results.exists()


def test_a_key_is_resolved_by_both_sides_values(exported: Any, tmp_path: Path) -> None:
    payout, rows = exported
    campaign, client = payout.draw.campaign, staff()
    answers = [answer(rows[0]), answer(rows[1], points=1)]
    press(client, steps_of(campaign, "settle"), **uploaded(write_answers(tmp_path, answers)))

    listed = text_of(client.get(steps_of(campaign, "keys")))
    assert "do not agree: 2" in listed
    assert "Points differ" in listed
    key = KeyStanding.objects.get(classed="amount_differs")
    address = steps_of(campaign, f"keys/{bytes(key.credit_key).hex()}")
    shown = text_of(client.get(address))
    assert f"{key.points:,} points credited" in shown
    assert "credited, 1 points" in shown
    assert "W1" not in listed + shown
    refused = client.post(address, {"verdict": "credited", "reason": "\u200b"})
    assert "one line" in error_at(refused, "reason")
    page = press(client, address, verdict="credited", reason="They paid by hand.")
    assert "Approval is requested" in page
    assert "Requested by" in text_of(client.get(address))
    approve_open(CREDIT_AT)
    assert "do not agree: 1" in text_of(client.get(steps_of(campaign, "keys")))


def test_other_roles_resolve_no_key(exported: Any) -> None:
    campaign = exported[0].draw.campaign
    for role in set(roles.ROLES) - {"ops"}:
        for address in ("keys", f"keys/{'0' * 64}"):
            assert staff(role).get(steps_of(campaign, address)).status_code == 403


def test_a_rejected_credit_is_forfeited_and_its_words_follow(exported: Any, tmp_path: Path) -> None:
    payout, (first, *others) = exported
    answers = [reject(first), *map(answer, others)]
    page = press(
        staff(),
        steps_of(payout.draw.campaign, "settle"),
        **uploaded(write_answers(tmp_path, answers)),
    )
    assert "Rejected there 1" in page
    assert "Forfeited 1" in page


def test_a_credit_is_reversed_by_its_number(set_clock: SetClock) -> None:
    set_clock(CREDIT_AT)
    payout, other = steps.paid({"W1": 5_000}), steps.paid({"W9": 6_000})
    client, address = staff(), steps_of(payout.draw.campaign, "reverse")
    credit = Transfer.objects.get(kind="credit", award__draw=payout.draw)
    of_other = Transfer.objects.get(kind="credit", award__draw=other.draw)
    for transfer, said in (("x", "no transfer"), (of_other.pk, "no credit of this campaign")):
        response = client.post(address, {"transfer": transfer, "reason": "wrong"})
        assert said in error_at(response, "transfer")
    assert "Approval is requested" in press(client, address, transfer=credit.pk, reason="wrong")
    assert Approval.objects.get(state="open").action == "points.reverse"


@pytest.mark.usefixtures("_work_at_once")
def test_missed_nights_are_made_up_for(set_clock: SetClock) -> None:
    set_clock(FREEZES)
    campaign, client = closed_campaign({"W1": 5_000}), staff()
    before = text_of(client.get(steps_of(campaign)))
    assert "Nights without totals" in before
    assert "The run has started." in press(client, steps_of(campaign, "aggregate"))
    run = AggregationRun.objects.get()
    assert run.finished_at == FREEZES
    assert AuditRecord.objects.get(action="totals.start").detail == {"run": run.pk, "mode": "full"}
    assert "Totals as of" in text_of(client.get(steps_of(campaign)))


def test_a_run_that_is_under_way_is_not_started_again(
    set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(FREEZES)
    monkeypatch.setattr(nights, "enqueue", lambda _task, **_arguments: True)
    campaign, client = closed_campaign({"W1": 5_000}), staff()
    page = press(client, steps_of(campaign, "aggregate"))
    assert "0 of 2 parts done" in page
    assert "A run is under way." in press(client, steps_of(campaign, "aggregate"))
    assert AggregationRun.objects.count() == 1


# Feeds and quarantine


def test_rows_are_counted_by_file_and_reason_in_words(set_clock: SetClock) -> None:
    set_clock(FREEZES)
    file = FeedFileFactory.create(feed="bookings")
    for record, reason in ((1, "bad_amount"), (2, "bad_amount"), (3, "unknown_station")):
        QuarantinedRowFactory.create(file=file, record=record, reason=reason)
    client = staff()
    assert "waiting: 3" in text_of(client.get(HOME))
    page = text_of(client.get(QUARANTINE))
    assert "The amount cannot be read 2 Bookings" in page
    assert "The station is unknown can be tried again 1 Bookings" in page
    assert "bad_amount" not in page
    listed_there = f'<a href="?file={file.pk}">The amount cannot be read</a>'
    assert listed_there in client.get(QUARANTINE).content.decode()  # in the first column
    listed = client.get(QUARANTINE, {"file": file.pk})
    assert [one["row"].record for one in listed.context["rows"]] == [3, 2, 1]
    assert client.get(QUARANTINE, {"file": "9" * 30}).status_code == 404


@pytest.mark.parametrize("role", sorted({*roles.ROLES} - {roles.ACCOUNTS}))
def test_the_text_of_a_row_is_for_who_may_view_members(role: str) -> None:
    row = QuarantinedRowFactory.create(content=b"E1,W90412345603")
    client = staff(role)
    if feed_views.MAY_SEE_ROWS not in roles.registered(role):
        assert client.get(f"{QUARANTINE}{row.pk}/").status_code == 403
        return
    page = text_of(client.get(f"{QUARANTINE}{row.pk}/"))
    sees = "entries.view_member" in roles.registered(role)
    assert ("W90412345603" in page) is sees
    assert AuditRecord.objects.filter(action="member.listed").count() == int(sees)
    assert ("Dismiss it" in page) is (role == "ops")
    dismissal = client.post(f"{QUARANTINE}{row.pk}/", {"reason": "Sent twice."})
    assert dismissal.status_code == (302 if role == "ops" else 403)
    row.refresh_from_db()
    assert row.status == ("dismissed" if role == "ops" else "open")


def test_a_row_is_dismissed_once_for_a_reason() -> None:
    row = QuarantinedRowFactory.create()
    client, address = staff(), f"{QUARANTINE}{row.pk}/"
    assert client.post(address, {"reason": " "}).context["form"].errors["reason"]
    assert "does not count" in press(client, address, reason="Sent twice.")
    record = AuditRecord.objects.get(action="quarantine.dismiss")
    assert record.detail["reason"] == "Sent twice."
    assert "Sent twice." in text_of(client.get(address))
    assert "is waiting in quarantine" in press(client, address, reason="Again.")


def test_dismissing_asks_for_the_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    row = QuarantinedRowFactory.create()
    factor_pages = ask_everywhere(monkeypatch)
    staff().post(f"{QUARANTINE}{row.pk}/", {"reason": "Sent twice."})
    assert factor_pages == [f"{QUARANTINE}{row.pk}/"]


def test_a_replay_says_what_it_applied() -> None:
    client = staff()
    page = press(client, f"{QUARANTINE}replay/")
    assert "Tried again: 0 rows; applied: 0; still waiting: 0." in page
    assert AuditRecord.objects.get(action="quarantine.replay").user is not None
    assert staff("support").post(f"{QUARANTINE}replay/").status_code == 403


def test_refused_files_say_why_in_words(set_clock: SetClock) -> None:
    set_clock(FREEZES)
    FeedFileFactory.create(
        name="bookings-20250101-001.csv", rows=1_234, applied=1_234, quarantined=0
    )
    FeedFileFactory.create(
        name="entries-20250102-001.csv",
        feed="entries",
        reason="checksum_differs",
        tried_at=FREEZES,
        **REFUSED,
    )
    client = staff()
    assert "refused in the last seven days: 1" in text_of(client.get(HOME))
    page = text_of(client.get(f"{HOME}feeds/"))
    assert "1,234 1,234" in page
    assert "The checksum differs" in page
    refused = text_of(client.get(f"{HOME}feeds/", {"refused": 1}))
    assert "bookings-20250101-001.csv" not in refused
    assert "entries-20250102-001.csv" in refused


def test_long_lists_are_paged_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_views, "PAGE_SIZE", 2)
    for _number in range(3):
        FeedFileFactory.create()
    client = staff()
    first = client.get(f"{HOME}feeds/")
    before = first.context["page"].before
    second = client.get(f"{HOME}feeds/", {"before": before})
    assert [len(page.context["files"]) for page in (first, second)] == [2, 1]
    assert second.context["page"].before is None


@pytest.mark.parametrize("step", ["", "nothing", "keys"])
def test_what_there_is_none_of_is_not_found(step: str) -> None:
    assert staff().get(steps_of("none", step)).status_code == 404


def test_pages_cost_the_same_for_many_rows(
    set_clock: SetClock, django_assert_max_num_queries: Any
) -> None:
    set_clock(CREDIT_AT)
    campaign = steps.paid().draw.campaign
    for _number in range(5):
        QuarantinedRowFactory.create(file=FeedFileFactory.create())
    client = staff()
    for address, most in (
        (HOME, 12),
        (steps_of(campaign), 32),
        (QUARANTINE, 10),
        (f"{HOME}feeds/", 10),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
