"""The cards of requests and the decision: what is read, who decides, and only what was shown."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from pytest_django import Settings

from config.env import MovedClock
from core import approvals, staff
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval, AuditRecord, User
from lottery import confirming, publishing, revealing, voiding
from points import correcting, erasing, preparing
from points.models import Transfer
from portal.desk.approvals import lists, views
from portal.desk.approvals.kinds import KINDS, card_of, subject_in_words
from tests.approving import approve, person
from tests.campaign.staffpages import decide, page, signed_in
from tests.campaign.steps import ask_publication, ask_revision, stored
from tests.core.doing import Doing, ask
from tests.factories.campaign import AT, LATER, ApprovalFactory, CampaignFactory, UserFactory
from tests.factories.entries import MembershipFactory
from tests.factories.lottery import drawn_draw, frozen_draw
from tests.points import steps

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]
HASH = "ab" * 32
DRAW = {"campaign": "one", "sequence": 1, "manifest_sha256": HASH}
ACCOUNT = {"username": "hanako", "roles": ["approver"], "superuser": False}
KEY = {"campaign": "one", "credit_key": HASH, "class": "amount_differs", "reason": "By telephone."}
# What each action asks for, but for the terms of a campaign; a word of its card.
CONTENTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "campaign.purge": (
        "one",
        {
            "campaign": "one",
            "name": "年末年始",
            "kept_until": "2026-03-31",
            "last_travel_day": "2025-01-06",
        },
        "March 31, 2026",
    ),
    "draw.publish": (
        "one/1",
        DRAW
        | {
            "entry_count": 1_378,
            "chain": "local",
            "round": 12_345,
            "round_time": "2025-01-27T12:00:00+09:00",
            "publish_by": "2025-01-26T12:00:00+09:00",
        },
        "who holds its key could choose the winners",
    ),
    "draw.confirm": (
        "one/1",
        DRAW
        | {"result_sha256": HASH, "winners": [1_378], "total_points": 21_239_930}
        | {"leftover_points": 70},
        "21,239,930 points",
    ),
    "draw.void": (
        "one/1",
        DRAW | {"state": "drawn", "result_sha256": HASH, "reason": "A load was missing."},
        "A load was missing.",
    ),
    "draw.forget": ("one/1", DRAW | {"pid_key_sha256": HASH}, "Receipts still work."),
    "draw.reveal": ("one/1", DRAW | {"pid_key_sha256": HASH}, "Ask who gets the file"),
    "payout.prepare": (
        "one/1",
        DRAW
        | {"awards": 1_378, "award_points": 21_239_930, "list_sha256": HASH}
        | {"credit_at": "2025-02-15T10:00:00+09:00", "expires_on": "2026-03-31"},
        "1,378 awards, 21,239,930 points at most",
    ),
    "payout.resolve": (
        "one/7",
        KEY | {"points": 13_450, "answered_points": 13_350, "verdict": "credited"},
        "13,350 points",
    ),
    "points.reverse": (
        "7",
        {"transfer": 7, "key": HASH, "points": 500, "reason": "Paid twice."},
        "Paid twice.",
    ),
    "member.erase": (
        "case/7",
        {"case": 7, "member": HASH, "reason": "In writing."},
        "Read whom the case is about",
    ),
    "staff.make_approver": ("hanako", ACCOUNT, "may approve what others ask for"),
    "staff.make_superuser": ("hanako", ACCOUNT, "ask for everything"),
    "staff.reset_approver": ("hanako", ACCOUNT, "nobody can sign in to it"),
}


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)


def address(approval: Approval, step: str = "") -> str:
    return reverse(f"desk:{step}approval", args=[approval.pk])


def card(user: User, approval: Approval) -> str:
    """Return the words of a request's card."""
    response = signed_in(user).get(address(approval))
    assert response.status_code == 200
    main = response.content.decode().partition('id="content"')[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def revised(asking: Actor) -> Approval:
    """Return the request for a later end of the entry."""
    campaign = CampaignFactory.create(published=True)
    later = "2025-01-16T00:00:00+09:00"
    return ask_revision(campaign, asking, closes_at=later, credit_at="2025-02-20T10:00:00+09:00")


def test_every_action_has_a_card() -> None:
    assert KINDS.keys() == approvals.declared_actions().keys()
    assert KINDS.keys() - CONTENTS.keys() == {"campaign.publish", "campaign.revise"}


@pytest.mark.parametrize("action", CONTENTS)
@pytest.mark.parametrize("state", ["open", "approved"])
def test_a_card_says_it_in_words(
    deciding: Actor, action: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what nothing stands behind here; that it could be carried out is another test's."""
    monkeypatch.setattr(approvals, "why_stale", lambda _approval: "")
    subject, content, words = CONTENTS[action]
    ended = {} if state == "open" else {state: True}
    approval = ApprovalFactory.create(action=action, subject=subject, content=content, **ended)

    text = card(deciding.user, approval)

    assert "There is no description" not in text
    assert action not in text
    if state == "open":
        assert words in text
    else:
        assert "What came of it" in text


def test_what_is_unknown_is_shown_as_rows_and_never_as_text_of_the_page(deciding: Actor) -> None:
    content = {"name_ja": "年末<script>", "parts": [{"points": 5}]}
    approval = ApprovalFactory.create(action="gone.action", subject="x", content=content)

    text = card(deciding.user, approval)

    for words in ("do not approve what you do not know", "年末&lt;script&gt;", "parts 1.points"):
        assert words in text
    assert approval.content_sha256 in text
    assert "Go on to approve" not in text


def test_a_first_publication_shows_terms_and_law(asking: Actor, deciding: Actor) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)

    text = card(deciding.user, approval)

    for words in (
        "Publication of the terms",
        "100,000,000 points",
        "within the law",
        "% of the expected sales of",
        "Basis of the expected sales",
        "See the pages as they will be",
        f"{approval.content_sha256[:8]}…{approval.content_sha256[-8:]}",
    ):
        assert words in text
    assert "What changes" not in text


def test_a_revision_shows_what_changes(asking: Actor, deciding: Actor) -> None:
    text = card(deciding.user, revised(asking))

    assert "What changes: 2 places" in text
    assert "Until now: the end of Monday, January 13, 2025" in text
    assert "From now on: the end of Wednesday, January 15, 2025" in text
    assert "What members will read of it" in text
    assert "Entry until: from the end of" in text


def test_a_request_is_confirmed_and_shows_what_came_of_it(asking: Actor, deciding: Actor) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    client = signed_in(deciding.user)

    question = client.get(address(approval, "confirm_"), {"shown": approval.content_sha256})
    assert "are published at once, for good" in question.content.decode()
    approval.refresh_from_db()
    assert approval.state == "open"

    sent = {"shown": approval.content_sha256}
    done = client.post(address(approval, "confirm_"), sent, follow=True)
    assert done.redirect_chain == [(address(approval), 302)]
    text = done.content.decode()
    assert "These terms are published." in text
    assert reverse("portal:campaign", args=[approval.subject]) in text


def test_what_was_asked_for_after_the_page_was_opened_is_not_approved(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    first = ask(asking)
    shown = first.content_sha256
    doing.content = {"points": 1_000_000}
    second = ask(asking)

    for approval, why in ((first, "has ended already"), (second, "not what was shown to you")):
        response = signed_in(deciding.user).post(
            address(approval, "confirm_"), {"shown": shown}, follow=True
        )
        assert why in response.content.decode()
    second.refresh_from_db()
    assert (second.state, doing.done) == ("open", [])


@pytest.mark.parametrize("shown", ["", "x", "0" * 64, "é" * 64])
def test_what_was_not_read_is_not_confirmed(
    doing: Doing, asking: Actor, deciding: Actor, shown: str
) -> None:
    approval = ask(asking)
    client = signed_in(deciding.user)

    for send in (client.get, client.post):
        response = send(address(approval, "confirm_"), {"shown": shown})
        assert response.headers["Location"] == address(approval)
    approval.refresh_from_db()
    assert (approval.state, doing.done) == ("open", [])


def test_a_draft_changed_since_is_not_approved(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    campaign.terms.update(budget_points=99_999_999)

    assert "It cannot be approved now: The content changed" in card(deciding.user, approval)
    ((level, why),) = decide(signed_in(deciding.user), approval)
    assert (level, why[:19]) == ("warning", "The content changed")


def test_a_refusal_needs_a_reason_and_shows_it(asking: Actor, deciding: Actor) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    client = signed_in(deciding.user)

    assert "This field is required." in client.post(address(approval, "refuse_")).content.decode()
    done = decide(client, approval, reason="The end\r\nis a week too early.")

    assert done == [("success", "Refused; the reason is shown to who asked.")]
    text = card(asking.user, approval)
    assert "Refused by deciding" in text
    assert "The end is a week too early." in text
    (refusal,) = approvals.recent_refusals(asking.user, now=LATER)
    assert refusal == approval


def test_who_asked_withdraws_without_a_reason(asking: Actor) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    assert "Withdraw…" in card(asking.user, approval)

    signed_in(asking.user).post(address(approval, "refuse_"))

    assert "Withdrawn by asking" in card(asking.user, approval)
    assert not approvals.recent_refusals(asking.user, now=LATER)


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "auditor", "accounts", None])
def test_only_approvers_decide(asking: Actor, role: str | None) -> None:
    """Nor a superuser, whose account requests everything."""
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    before = stored()
    user = UserFactory.create(role=role, is_staff=True, is_superuser=role is None)
    client = signed_in(user)

    assert decide(client, approval) == decide(client, approval, reason="No.") == []
    assert stored() == before
    assert "Go on to approve" not in card(user, approval)


@pytest.mark.parametrize("step", ["confirm_", "refuse_"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_decision_asks_for_the_second_factor_again(
    asking: Actor, deciding: Actor, monkeypatch: pytest.MonkeyPatch, step: str, method: str
) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    led_back_to: list[str] = []

    def again(_request: HttpRequest, *, back: str) -> HttpResponseRedirect:
        led_back_to.append(back)
        return HttpResponseRedirect("/elsewhere/")

    monkeypatch.setattr(views, "ask_again", again)
    sent = {"shown": approval.content_sha256, "reason": "No."}
    response = getattr(signed_in(deciding.user), method)(address(approval, step), sent)

    assert response.headers["Location"] == "/elsewhere/"
    back = address(approval, step)
    assert led_back_to == [f"{back}?shown={sent['shown']}" if step == "confirm_" else back]
    approval.refresh_from_db()
    assert approval.state == "open"


def test_a_refusal_of_another_app_is_a_warning(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    approval = ask(asking)
    doing.failure = Refusal("The draw cannot be published after its time.")

    assert decide(signed_in(deciding.user), approval) == [
        ("warning", "The draw cannot be published after its time.")
    ]
    approval.refresh_from_db()
    assert approval.state == "open"


@pytest.mark.parametrize(
    ("role", "is_read"),
    [
        ("ops", True),
        ("campaign", True),
        ("approver", True),
        ("support", False),
        ("auditor", False),
        ("accounts", False),
    ],
)
def test_a_result_is_read_before_its_confirmation_by_who_runs_and_confirms_it(
    role: str, is_read: bool
) -> None:
    """On the card, on the list, and on the admin's page."""
    subject, content, _words = CONTENTS["draw.confirm"]
    approval = ApprovalFactory.create(action="draw.confirm", subject=subject, content=content)
    user = UserFactory.create(role=role)

    assert ("21,239,930" in card(user, approval)) is is_read
    client = signed_in(user)
    for path in (reverse("desk:approvals"), page("approval", "change", approval.pk)):
        text = client.get(path).content.decode()
        assert "21,239,930" not in text
        assert "21239930" not in text

    decided = {"decided_by": UserFactory.create(), "decided_at": LATER}
    Approval.objects.filter(pk=approval.pk).update(state="approved", **decided)
    assert "21,239,930" in card(user, approval)


def test_the_verifier_is_run_and_its_verdict_kept(deciding: Actor) -> None:
    draw = drawn_draw({"W1": 5_000, "W2": 12_340})
    approval = confirming.request_confirmation(draw=draw, actor=person("ops"), at=AT)
    assert approval
    assert "Nobody has had it verified" in card(deciding.user, approval)

    response = signed_in(deciding.user).post(address(approval, "verify_"), follow=True)

    assert "Accepted." in response.content.decode()
    assert re.search(r"✓ Accepted\. .* deciding", card(deciding.user, approval))
    record = AuditRecord.objects.get(action="draw.verified")
    assert (record.subject, record.detail["accepted"]) == (approval.subject, True)
    support = signed_in(UserFactory.create(role="support"))
    assert support.post(address(approval, "verify_")).status_code == 403


def test_a_payout_shows_its_sums_and_what_came_of_it(deciding: Actor) -> None:
    draw = steps.confirmed()
    approval = preparing.request_payout(
        campaign=draw.campaign, actor=person("ops"), at=steps.PREPARED_AT
    )
    assert approval
    assert "3 awards, 37,340 points at most" in card(deciding.user, approval)

    approve(approval, at=steps.PREPARED_AT)
    approval.refresh_from_db()
    assert "The payout is approved." in card(deciding.user, approval)


def test_what_is_really_asked_for_has_its_own_card(set_clock: SetClock) -> None:
    """Whatever the cards expect of a content, the apps put there."""
    set_clock(steps.CREDIT_AT)
    frozen, drawn = frozen_draw(), drawn_draw({"W7": 5_000})
    steps.paid({"W8": 5_000})
    ops = person("ops")
    at = steps.CREDIT_AT
    publishing.request_publication(draw=frozen, actor=ops, at=frozen.frozen_at)
    voiding.request_void(draw=drawn, reason="A load was missing.", actor=ops, at=at)
    revealing.request_reveal(draw=drawn, actor=person("auditor"), at=at)
    credit = Transfer.objects.get(kind=Transfer.Kind.CREDIT)
    correcting.request_reversal(transfer=credit, reason="Paid twice.", actor=ops, at=at)
    MembershipFactory.create(wester_id="W904123411")
    erasing.request_erasure(
        wester_id="W904123411", reason="Asked for.", actor=person("support"), at=at
    )
    UserFactory.create(username="hanako", is_staff=True)
    staff.add_role(username="hanako", role="approver", at=at, actor=person("accounts"))

    shown = {one.action: card_of(one) for one in Approval.objects.order_by("pk")}

    unknown = "There is no description"
    assert [action for action, one in shown.items() if one.effect.startswith(unknown)] == []
    assert shown.keys() >= {"draw.publish", "draw.void", "draw.reveal", "points.reverse"}
    assert shown.keys() >= {"member.erase", "staff.make_approver", "draw.confirm", "payout.prepare"}


def test_an_account_shows_when_and_by_whom_it_was_last_changed(deciding: Actor) -> None:
    subject, content, _words = CONTENTS["staff.reset_approver"]
    for days, name in ((2, "taro"), (1, "jiro")):
        AuditRecord.objects.create(
            action="staff.role_added",
            subject=subject,
            at=AT - timedelta(days=days),
            user=UserFactory.create(username=name),
            name=name,
        )
    approval = ApprovalFactory.create(
        action="staff.reset_approver", subject=subject, content=content
    )

    assert "Last changed December 1, 2024, 09:00, by jiro" in card(deciding.user, approval).replace(
        "November 30", "December 1"
    )


@pytest.mark.parametrize(
    ("shell", "sentence"),
    [
        ({"requested_os_user": "root", "requested_host": "ops1"}, True),
        ({}, False),
    ],
    ids=["from a shell", "from a page"],
)
def test_a_card_names_the_shell_it_came_from(
    deciding: Actor, shell: dict[str, str], sentence: bool
) -> None:
    user = UserFactory.create(username="hanako", role="campaign")
    text = card(deciding.user, ApprovalFactory.create(requested_by=user, **shell))

    assert ("the user root on the machine ops1 named hanako" in text) is sentence


def test_a_replaced_request_leads_to_the_one_after_it(
    doing: Doing, asking: Actor, deciding: Actor
) -> None:
    first = ask(asking)
    doing.content = {"points": 2}
    second = ask(asking)

    response = signed_in(deciding.user).get(address(first))

    assert address(second) in response.content.decode()


def test_the_list_has_what_is_open_then_what_ended_page_by_page(
    monkeypatch: pytest.MonkeyPatch, deciding: Actor, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(lists, "DECIDED_PER_PAGE", 2)
    waiting = ApprovalFactory.create()
    ended = [ApprovalFactory.create(refused=True) for _ in range(3)]
    client = signed_in(deciding.user)
    rows = re.compile(r'href="/staff/approvals/(\d+)/"')

    first = client.get(reverse("desk:approvals")).content.decode()
    assert rows.findall(first) == [str(one.pk) for one in (waiting, ended[2], ended[1])]
    (older,) = re.findall(r'href="\?before=(\d+)"', first)
    second = client.get(reverse("desk:approvals"), {"before": older}).content.decode()
    assert rows.findall(second) == [str(ended[0].pk)]
    for unfit in ("x", "-1", "9" * 5_000, "１"):
        assert client.get(reverse("desk:approvals"), {"before": unfit}).status_code == 200


def test_the_menu_counts_what_waits_for_the_approver(asking: Actor, deciding: Actor) -> None:
    for _ in range(2):
        ApprovalFactory.create()
    counted = '<span class="desk-count">2</span>'
    assert counted in signed_in(deciding.user).get(reverse("desk:today")).content.decode()
    assert "desk-count" not in signed_in(asking.user).get(reverse("desk:today")).content.decode()


def test_keys_are_told_apart_in_the_list_by_who_may_read_them(deciding: Actor) -> None:
    content = KEY | {"points": 13_450, "answered_points": 13_350, "verdict": "credited"}
    key = ApprovalFactory.create(action="payout.resolve", subject="one/7", content=content)
    assert subject_in_words(key, {}, is_readable=False) == "one"
    listed = signed_in(deciding.user).get(reverse("desk:approvals")).content.decode()
    assert "one: here 13,450 points, there 13,350 points" in listed


@pytest.mark.parametrize("step", ["", "confirm_", "refuse_"])
def test_an_unknown_number_is_not_found(deciding: Actor, step: str) -> None:
    client = signed_in(deciding.user)

    for number in (0, 10**30):
        assert client.get(reverse(f"desk:{step}approval", args=[number])).status_code == 404
