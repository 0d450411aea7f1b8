"""Load, check, publish and revise: what each of them leaves behind, and what it refuses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from bookings.refusals import Refusal
from campaign import approvals, queries, refusals, terms
from campaign.audit import Actor
from campaign.models import Approval, AuditRecord, Campaign, Terms
from campaign.models.terms_rules import TERMS_RULES
from campaign.sentences import TERMS_SENTENCES
from entries.models import Entry
from tests.campaign.sessions import another_session, ended, wait_until_blocked
from tests.factories.campaign import (
    AT,
    LATER,
    CampaignFactory,
    TermsFactory,
    UserFactory,
    campaign_file,
)

pytestmark = pytest.mark.django_db
CODE = "012025121203"


def ask_publication(campaign: Campaign, actor: Actor) -> Approval:
    """Ask for the publication of what is not published yet."""
    approval = terms.request_publication(campaign=campaign, actor=actor, at=AT)
    assert approval
    return approval


def ask_revision(campaign: Campaign, actor: Actor, **changed: Any) -> Approval:
    """Ask for a new version that says something new."""
    file = campaign_file(code=campaign.code, **changed)
    approval = terms.request_revision(campaign=campaign, file=file, actor=actor, at=AT)
    assert approval
    return approval


def approve(approval: Approval, actor: Actor) -> Approval:
    return approvals.approve(approval_id=approval.pk, actor=actor, at=LATER)


def stored() -> list[Any]:
    """Return all that these functions write, to compare before and after."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Campaign, Terms, Approval, AuditRecord)
    ]


def test_load_sets_an_unpublished_campaign_down_as_the_file_says() -> None:
    file = campaign_file()

    assert terms.load_campaign(file) is True

    campaign = Campaign.objects.get()
    draft = campaign.terms.get()
    assert (campaign.code, campaign.entries_frozen_at) == (CODE, None)
    assert (draft.version, draft.published_at, draft.published_by) == (1, None, None)
    assert queries.terms_values(draft) == file.terms
    assert not AuditRecord.objects.exists()


def test_load_again_changes_nothing() -> None:
    terms.load_campaign(campaign_file())
    before = stored()

    assert terms.load_campaign(campaign_file()) is False
    assert stored() == before


def test_load_writes_the_same_instants_in_another_zone_as_no_change() -> None:
    terms.load_campaign(campaign_file())

    assert terms.load_campaign(campaign_file(opens_at="2024-12-10T03:00:00Z")) is False


def test_load_changes_a_draft() -> None:
    terms.load_campaign(campaign_file())

    assert terms.load_campaign(campaign_file(budget_points=90_000_000)) is True

    draft = Terms.objects.get()
    assert (draft.version, draft.budget_points) == (1, 90_000_000)


def test_load_of_what_is_published_changes_nothing() -> None:
    campaign = CampaignFactory.create(published=True)
    before = stored()

    assert terms.load_campaign(campaign_file(code=campaign.code)) is False
    assert stored() == before


def test_load_of_other_terms_than_the_published_is_refused() -> None:
    campaign = CampaignFactory.create(redrafted=True)
    before = stored()

    with pytest.raises(refusals.AlreadyPublished, match="campaign revise"):
        terms.load_campaign(campaign_file(code=campaign.code, budget_points=1))

    assert stored() == before


def test_load_leaves_other_campaigns_alone() -> None:
    other = CampaignFactory.create(draft=True)
    before = other.terms.values().get()

    terms.load_campaign(campaign_file(budget_points=1))

    assert other.terms.values().get() == before


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"operator": "JR西日本"}, "operator must be written in ASCII, as in the rail network."),
    ({"expires_on": "2025-02-15"}, "expires_on must be after the day of credit_at."),
    (
        {"public_at": "2000-01-01T00:00:00+15:00"},
        "Dates and instants must be from 2000 to 2099.",
    ),
    ({"public_at": "2024-12-10T12:00:01+09:00"}, "public_at must not be after opens_at."),
    ({"closes_at": "2024-12-10T12:00:00+09:00"}, "opens_at must be before closes_at."),
    ({"travel_first": "2025-01-07"}, "travel_first must not be after travel_last."),
    ({"credit_at": "2025-01-13T23:59:59+09:00"}, "credit_at must not be before closes_at."),
    ({"travel_last": "2025-02-15"}, "credit_at must be on a day after travel_last."),
    ({"minimum_total_yen": 0}, "minimum_total_yen must be from 1 to 9,007,199,254,740,991."),
    ({"reward_cap_points": 0}, "reward_cap_points must be from 1 to 9,007,199,254,740,991."),
    ({"budget_points": -1}, "budget_points must be from 1 to 9,007,199,254,740,991."),
    ({"expected_sales_yen": 0}, "expected_sales_yen must be from 1 to 9,007,199,254,740,991."),
    ({"policy": "skip"}, "policy must be stop or partial."),
    ({"time_zone": "UTC"}, "time_zone must be Asia/Tokyo."),
    ({"kinds_free": ["corporate"]}, "A member kind must stand on one list only."),
    (
        {"kinds_free": ["plus_ex", "plus_ex"]},
        "A list of member kinds must name each kind once.",
    ),
]


@pytest.mark.parametrize(
    ("changed", "sentence"), BROKEN, ids=[" ".join(changed) for changed, _ in BROKEN]
)
def test_load_names_the_rule_that_terms_break(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(refusals.BrokenCampaignFile) as refusal:
        terms.load_campaign(campaign_file(**changed))

    assert str(refusal.value) == sentence
    assert not Campaign.objects.exists()


def test_broken_load_leaves_the_draft_as_it_was() -> None:
    terms.load_campaign(campaign_file())
    before = stored()

    with pytest.raises(refusals.BrokenCampaignFile):
        terms.load_campaign(campaign_file(budget_points=0))

    assert stored() == before


def test_every_rule_of_terms_has_its_sentence() -> None:
    # Nobody writes a version: it follows from those before.
    assert {rule.name for rule in TERMS_RULES} - {"terms_version_from_1"} == set(TERMS_SENTENCES)


def test_check_finds_nothing_wrong_with_the_first_campaign() -> None:
    terms.load_campaign(campaign_file())

    assert terms.check_campaign(Campaign.objects.get()) == []


def test_check_finds_an_operator_that_runs_nothing() -> None:
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, operator="JR Wset")

    (found,) = terms.check_campaign(campaign)

    assert (found.code, found.unlawful) == ("unknown_operator", False)


def test_check_judges_the_draft_that_would_follow() -> None:
    campaign = CampaignFactory.create(published=True)
    TermsFactory.create(campaign=campaign, reward_cap_points=100_001)

    assert [found.code for found in terms.check_campaign(campaign)] == ["prize_too_large"]


def test_publication_is_asked_for_with_the_terms_as_its_content(asking: Actor) -> None:
    terms.load_campaign(campaign_file())

    approval = ask_publication(Campaign.objects.get(), asking)

    assert (approval.action, approval.subject, approval.state) == ("campaign.publish", CODE, "open")
    assert {**approval.content, "kinds_registered": None} == {
        "code": CODE,
        "version": 1,
        "name_ja": "年末年始！1億ポイントどどんとバックキャンペーン",
        "name_en": "Year-end and New Year 100 Million Points Back Campaign",
        "public_at": "2024-12-10T12:00:00+09:00",
        "opens_at": "2024-12-10T12:00:00+09:00",
        "closes_at": "2025-01-14T00:00:00+09:00",
        "travel_first": "2024-12-26",
        "travel_last": "2025-01-06",
        "minimum_total_yen": 5000,
        "reward_cap_points": 20000,
        "budget_points": 100000000,
        "policy": "stop",
        "credit_at": "2025-02-15T10:00:00+09:00",
        "expires_on": "2026-03-31",
        "time_zone": "Asia/Tokyo",
        "operator": "JR West",
        "kinds_excluded": ["corporate", "smart_ex_overseas"],
        "kinds_registered": None,
        "kinds_free": ["j_west_card_express"],
        "expected_sales_yen": 20000000000,
    }
    assert not Terms.objects.filter(published_at__isnull=False).exists()


def test_publication_approved_is_in_force(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)

    approve(ask_publication(campaign, asking), deciding)

    published = campaign.terms.get()
    assert (published.version, published.published_at) == (1, LATER)
    assert published.published_by == deciding.user
    assert queries.published_terms(campaign) == published
    assert queries.draft_terms(campaign) is None


def test_publication_asked_for_again_is_the_same_request(asking: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)

    assert ask_publication(campaign, asking) == ask_publication(campaign, asking)


def test_publication_of_what_is_published_asks_for_nothing(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    approve(approval, deciding)
    before = stored()

    assert terms.request_publication(campaign=campaign, actor=asking, at=LATER) is None
    approve(approval, deciding)
    assert stored() == before


def test_publication_takes_no_draft_that_changed_after_the_request(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    terms.load_campaign(campaign_file(code=campaign.code, budget_points=99_999_999))
    before = stored()

    with pytest.raises(refusals.ContentChanged):
        approve(approval, deciding)
    assert stored() == before

    again = ask_publication(campaign, asking)
    approval.refresh_from_db()
    assert (approval.state, again.content["budget_points"]) == ("superseded", 99_999_999)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"reward_cap_points": 100_001}, id="a prize too large"),
        pytest.param({"expected_sales_yen": 4_999_999_999}, id="a budget too large"),
    ],
)
def test_unlawful_terms_are_not_published(asking: Actor, changed: dict[str, int]) -> None:
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, **changed)
    before = stored()

    with pytest.raises(refusals.UnlawfulTerms, match="may be at most"):
        ask_publication(campaign, asking)
    assert stored() == before


def test_terms_that_are_only_odd_can_be_published(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, reward_cap_points=4_999, operator="Nobody")
    assert len(terms.check_campaign(campaign)) == 2

    approve(ask_publication(campaign, asking), deciding)

    assert queries.published_terms(campaign)


def test_revision_keeps_both_versions(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    first = campaign.terms.values().get()

    approval = ask_revision(campaign, asking, credit_at="2025-02-20T10:00:00+09:00")
    in_force = queries.published_terms(campaign)
    assert approval.action == "campaign.revise"
    assert in_force
    assert in_force.version == 1

    approve(approval, deciding)
    assert campaign.terms.values().get(version=1) == first
    second = campaign.terms.get(version=2)
    assert (second.published_at, second.published_by) == (LATER, deciding.user)
    assert second.credit_at.isoformat() == "2025-02-20T01:00:00+00:00"
    assert queries.published_terms(campaign) == second


def test_revisions_go_on_without_a_gap(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    for budget in (1, 2, 3):
        changed = {"budget_points": 100_000_000 - budget}
        approve(ask_revision(campaign, asking, **changed), deciding)

    assert list(campaign.terms.order_by("version").values_list("version", "budget_points")) == [
        (1, 100_000_000),
        (2, 99_999_999),
        (3, 99_999_998),
        (4, 99_999_997),
    ]


def test_revision_asked_for_again_is_the_same_request(asking: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    first = ask_revision(campaign, asking, policy="partial")
    before = stored()

    assert ask_revision(campaign, asking, policy="partial") == first
    assert stored() == before


def test_revision_supersedes_the_one_that_is_open(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    first = ask_revision(campaign, asking, policy="partial")
    second = ask_revision(campaign, asking, travel_last="2025-01-07")

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")
    with pytest.raises(refusals.ApprovalEnded):
        approve(first, deciding)
    approve(second, deciding)
    assert list(campaign.terms.order_by("version").values_list("policy", "travel_last")) == [
        ("stop", date(2025, 1, 6)),
        ("stop", date(2025, 1, 7)),
    ]


def test_revision_to_what_is_in_force_asks_for_nothing(asking: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    before = stored()
    file = campaign_file(code=campaign.code)

    assert terms.request_revision(campaign=campaign, file=file, actor=asking, at=AT) is None
    assert stored() == before


def test_revision_refused_by_the_second_person_can_be_asked_for_again(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(published=True)
    first = ask_revision(campaign, asking, policy="partial")
    approvals.refuse(approval_id=first.pk, actor=deciding, at=LATER)

    second = ask_revision(campaign, asking, policy="partial")
    assert second != first
    approve(second, deciding)
    assert campaign.terms.count() == 2


@pytest.mark.parametrize(
    ("make", "changed", "refusal"),
    [
        pytest.param({"draft": True}, {}, refusals.NotPublished, id="of a draft"),
        pytest.param(
            {"published": True}, {"code": "other"}, refusals.BrokenCampaignFile, id="of another"
        ),
        pytest.param(
            {"published": True}, {"policy": "skip"}, refusals.BrokenCampaignFile, id="broken"
        ),
        pytest.param(
            {"published": True},
            {"budget_points": 500_000_000},
            refusals.UnlawfulTerms,
            id="unlawful",
        ),
        pytest.param(
            {"published": True, "frozen_at": AT},
            {"policy": "partial"},
            refusals.EntriesFrozen,
            id="after the freeze",
        ),
    ],
)
def test_refused_revision_leaves_things_as_they_were(
    asking: Actor, make: dict[str, Any], changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    campaign = CampaignFactory.create(**make)
    before = stored()
    file = campaign_file(**{"code": campaign.code, "expected_sales_yen": 20_000_000_001, **changed})

    with pytest.raises(refusal):
        terms.request_revision(campaign=campaign, file=file, actor=asking, at=AT)

    assert stored() == before


@pytest.mark.parametrize("role", ["approver", "support", "ops", "auditor"])
def test_publication_and_revision_need_the_permission(role: str) -> None:
    stranger = Actor(UserFactory.create(role=role))
    draft, published = CampaignFactory.create(draft=True), CampaignFactory.create(published=True)
    before = stored()

    for ask in (
        lambda: ask_publication(draft, stranger),
        lambda: ask_revision(published, stranger, policy="partial"),
        lambda: terms.request_draft_publication(campaign=draft, actor=stranger, at=AT),
    ):
        with pytest.raises(refusals.NotPermitted):
            ask()
    assert stored() == before


def test_freeze_after_the_request_stops_the_approval(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    approval = ask_revision(campaign, asking, policy="partial")
    campaign.entries_frozen_at = LATER
    campaign.save()
    before = stored()

    with pytest.raises(refusals.EntriesFrozen, match="unless that draw is void"):
        approve(approval, deciding)
    assert stored() == before

    campaign.entries_frozen_at = None
    campaign.save()
    assert approve(approval, deciding).state == "approved"


def test_freeze_stops_the_request_for_a_draft_that_stands(asking: Actor) -> None:
    campaign = CampaignFactory.create(redrafted=True, frozen_at=AT)

    with pytest.raises(refusals.EntriesFrozen):
        terms.request_draft_publication(campaign=campaign, actor=asking, at=LATER)


def test_database_refusal_of_a_frozen_campaign_is_the_same_sentence(deciding: Actor) -> None:
    """Where a program carries out an approval without asking for its content."""
    campaign = CampaignFactory.create(redrafted=True, frozen_at=AT)
    approval = Approval(
        subject=campaign.code,
        content={"version": 2},
        decided_by=deciding.user,
        decided_at=LATER,
    )

    with pytest.raises(refusals.EntriesFrozen):
        terms.publish_draft(approval)


@pytest.mark.parametrize(
    ("make", "action", "version"),
    [({"draft": True}, "campaign.publish", 1), ({"redrafted": True}, "campaign.revise", 2)],
    ids=["the first version", "a revision"],
)
def test_request_for_the_draft_finds_out_which_action_it_is(
    asking: Actor, make: dict[str, bool], action: str, version: int
) -> None:
    campaign = CampaignFactory.create(**make)

    approval = terms.request_draft_publication(campaign=campaign, actor=asking, at=AT)

    assert (approval.action, approval.content["version"]) == (action, version)


def test_request_without_a_draft_is_refused(asking: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    with pytest.raises(refusals.NotPublished, match="no terms that wait"):
        terms.request_draft_publication(campaign=campaign, actor=asking, at=AT)


def test_failing_deed_leaves_the_approval_open_and_the_draft_a_draft(
    asking: Actor, deciding: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    before = stored()

    def publish_and_fail(approval: Approval) -> None:
        terms.publish_draft(approval)
        raise RuntimeError("after the last write")

    action = approvals.registered()["campaign.publish"]
    failing = approvals.Action(action.permission, action.hold, action.content, publish_and_fail)
    monkeypatch.setitem(approvals._actions, "campaign.publish", failing)
    with pytest.raises(RuntimeError):
        approve(approval, deciding)

    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_draft_cannot_change_between_the_look_and_the_publication(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    other_terms = campaign_file(code=campaign.code, budget_points=99_999_999)

    with another_session() as submit:
        with transaction.atomic():
            terms.load_campaign(other_terms)
            approved = submit(approve, approval, deciding)
            wait_until_blocked(approved)
        with pytest.raises(refusals.ContentChanged):
            ended(approved)

    assert campaign.terms.get().published_at is None


@pytest.mark.django_db(transaction=True)
def test_load_in_the_moment_of_publication_comes_too_late(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)

    with another_session() as submit:
        with transaction.atomic():
            approve(approval, deciding)
            loaded = submit(
                terms.load_campaign, campaign_file(code=campaign.code, budget_points=99_999_999)
            )
            wait_until_blocked(loaded)
        with pytest.raises(refusals.AlreadyPublished):
            ended(loaded)

    assert campaign.terms.get().budget_points == 100_000_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("approver_first", [True, False], ids=["approval first", "request first"])
def test_approval_and_new_request_at_once_do_not_lock_each_other_out(
    asking: Actor, deciding: Actor, approver_first: bool
) -> None:
    campaign = CampaignFactory.create(published=True)
    approval = ask_revision(campaign, asking, policy="partial")

    def approve_it() -> Any:
        return approve(approval, deciding)

    def ask_for_another() -> Any:
        return ask_revision(campaign, asking, travel_last="2025-01-07")

    first, second = (
        (approve_it, ask_for_another) if approver_first else (ask_for_another, approve_it)
    )
    with another_session() as submit:
        with transaction.atomic():
            first()
            other = submit(second)
            wait_until_blocked(other)
        if approver_first:
            assert ended(other).content["version"] == 3
        else:
            with pytest.raises(refusals.ApprovalEnded):
                ended(other)

    approval.refresh_from_db()
    assert approval.state == ("approved" if approver_first else "superseded")


@pytest.mark.django_db(transaction=True)
def test_approval_waits_for_the_campaign_before_it_holds_the_request(
    asking: Actor, deciding: Actor
) -> None:
    """Who asks holds the campaign and then the open request; the other way round both would wait."""
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)

    with another_session() as submit:
        with transaction.atomic():
            terms.lock(campaign)
            approved = submit(approve, approval, deciding)
            wait_until_blocked(approved)
            assert Approval.objects.select_for_update(nowait=True).get().state == "open"
        assert ended(approved).state == "approved"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ask", [ask_publication, None], ids=["by command", "in the admin"])
def test_two_people_ask_at_once_and_one_request_is_open(
    asking: Actor, ask: Callable[[Campaign, Actor], Approval] | None
) -> None:
    campaign = CampaignFactory.create(draft=True)
    other_person = Actor(UserFactory.create(role="campaign"))

    def ask_in_the_admin(campaign: Campaign, actor: Actor) -> Approval:
        return terms.request_draft_publication(campaign=campaign, actor=actor, at=AT)

    ask = ask or ask_in_the_admin
    with another_session() as submit:
        with transaction.atomic():
            first = ask(campaign, asking)
            other = submit(ask, Campaign.objects.get(), other_person)
            wait_until_blocked(other)
        second = ended(other)

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_make_one_campaign() -> None:
    file = campaign_file()

    with another_session() as submit:
        with transaction.atomic():
            assert terms.load_campaign(file)
            other = submit(terms.load_campaign, file)
            wait_until_blocked(other)
        assert ended(other) is False

    assert (Campaign.objects.count(), Terms.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_entries_do_not_wait_while_terms_are_written() -> None:
    campaign = CampaignFactory.create(published=True)

    with another_session() as submit, transaction.atomic():
        terms.lock(campaign)
        entered = submit(
            Entry.objects.create,
            campaign=campaign,
            wester_id="w1",
            entered_at=AT + timedelta(days=20),
            channel="app",
        )
        assert ended(entered).pk
