"""Drafts that are written step by step: left and taken up, copied, changed by two people."""

from typing import Any

import pytest
from django.db import transaction

from campaign import drafting, queries, refusals, terms
from campaign.models import Campaign, Terms, UnfinishedDraft
from campaign.termsfile import read_campaign_file, write_campaign_file
from core import approvals
from core.audit import Actor
from core.canonical_json import content_sha256
from core.models import AuditRecord
from tests.approving import approve
from tests.campaign.steps import ask_publication
from tests.factories.campaign import (
    AT,
    FIRST,
    FIRST_FILE,
    LATER,
    CampaignFactory,
    TermsFactory,
    UserFactory,
    campaign_file,
    file_values,
)
from tests.guards import refused_as
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db
CODE = "winter-2026"
NAME = {"ja": "冬のキャンペーン", "en": "Winter"}


def change(code: str, actor: Actor, **values: Any) -> bool:
    """Change places of a draft as they are now; two underscores stand for a dot."""
    places = {place.replace("__", "."): value for place, value in values.items()}
    shown = drafting.hash_of_places(drafting.find_draft(code).content, places)
    return drafting.change_draft(code=code, values=places, shown=shown, actor=actor, at=LATER)


def start(actor: Actor) -> None:
    """Start the draft of a new campaign."""
    drafting.start_draft(code=CODE, name=NAME, actor=actor, at=AT)


def codes_of(draft: drafting.Draft) -> list[tuple[str, str]]:
    """Return what the check finds, without the texts that are missing."""
    found = drafting.check_draft(draft)
    return [(one.code, one.field) for one in found if one.code != "text_missing"]


def complete(actor: Actor, *, without: tuple[str, ...] = (), **changed: Any) -> None:
    """Give a draft all that the first campaign has."""
    values = {**file_values(), **changed}
    kept = {
        name: value
        for name, value in values.items()
        if name not in ("schema", "code", "time_zone", *without)
    }
    bookings = {f"bookings__{name}": value for name, value in kept.pop("bookings").items()}
    change(CODE, actor, **kept, **bookings)


def test_a_new_draft_is_unfinished_until_nothing_is_missing(asking: Actor) -> None:
    start(asking)

    draft = drafting.find_draft(CODE)
    assert (draft.is_unfinished, draft.campaign, draft.version) == (True, None, 1)
    missing = [place for code, place in codes_of(draft) if code == drafting.MISSING]
    assert missing == list(drafting.REQUIRED)

    complete(asking, without=("opens_at",))
    assert codes_of(drafting.find_draft(CODE)) == [(drafting.MISSING, "opens_at")]
    assert not Campaign.objects.exists()

    complete(asking)
    saved = Terms.objects.get()
    assert (saved.campaign.code, saved.version) == (CODE, 1)
    assert terms.written_values(saved) == {**file_values(), "code": CODE}
    assert not UnfinishedDraft.objects.exists()
    assert [record.action for record in AuditRecord.objects.order_by("pk")] == [
        drafting.STARTED,
        drafting.EDITED,
        drafting.EDITED,
    ]


def test_each_change_is_audited_by_its_fields_and_hash(asking: Actor) -> None:
    draft = TermsFactory.create()
    code = draft.campaign.code

    assert change(code, asking, edge=draft.edge) is False
    assert change(code, asking, edge="partial", budget_points=5_000_000) is True

    record = AuditRecord.objects.get()
    draft.refresh_from_db()
    assert (record.action, record.subject, record.user) == ("draft.edited", code, asking.user)
    assert record.detail == {
        "version": 1,
        "changed": ["budget_points", "edge"],
        "terms_sha256": content_sha256(terms.written_values(draft)),
    }


@pytest.mark.parametrize(
    ("written", "later"),
    [
        pytest.param("2024-12-10T12:00:00+09:00", "2025-12-10T12:00:00+09:00", id="an instant"),
        pytest.param("2025-01-06", "2026-01-06", id="a day"),
        pytest.param("2024-02-29", "2025-02-28", id="29 February"),
    ],
)
def test_a_year_later(written: str, later: str) -> None:
    assert drafting.a_year_later(written) == later


def test_a_copy_has_every_date_a_year_later_and_all_else_as_it_was(asking: Actor) -> None:
    booked = {"from": "2024-12-01T00:00:00+09:00", "until": "2025-01-07T00:00:00+09:00"}
    bookings = {**file_values()["bookings"], "booked": booked}
    terms.load_campaign(campaign_file(bookings=bookings), at=AT)

    drafting.copy_draft(source=FIRST.code, code=CODE, name=NAME, actor=asking, at=AT)

    text = FIRST_FILE.read_text("utf-8")
    for year in (2026, 2025, 2024):
        for mark in ("-01-", "-02-", "-03-", "-12-"):
            text = text.replace(f'"{year}{mark}', f'"{year + 1}{mark}')
    copy = Terms.objects.get(campaign__code=CODE)
    written = terms.written_values(copy)
    assert written["bookings"]["booked"] == {
        "from": "2025-12-01T00:00:00+09:00",
        "until": "2026-01-07T00:00:00+09:00",
    }
    written["bookings"]["booked"] = None
    expected = write_campaign_file(terms_file(text)) | {"code": CODE, "name": NAME}
    expected["kept_until"] = "2028-03-31"
    assert written == expected


def terms_file(text: str) -> Any:
    """Read a campaign file that is a text."""
    return read_campaign_file(text.encode())


@pytest.mark.parametrize("taken_by", ["a campaign", "a draft"])
def test_a_code_is_given_once(asking: Actor, taken_by: str) -> None:
    if taken_by == "a draft":
        start(asking)
    else:
        CampaignFactory.create(code=CODE, draft=True)

    with pytest.raises(refusals.CodeTaken):
        start(asking)


def test_two_people_overwrite_each_other_only_knowingly(asking: Actor) -> None:
    code = TermsFactory.create().campaign.code
    other = Actor(UserFactory.create(role="campaign"))
    content = drafting.find_draft(code).content
    budget = drafting.hash_of_places(content, ("budget_points",))
    edge = drafting.hash_of_places(content, ("edge",))
    step: dict[str, Any] = {"code": code, "at": LATER}

    drafting.change_draft(values={"budget_points": 5}, shown=budget, actor=other, **step)
    with pytest.raises(refusals.DraftChanged):
        drafting.change_draft(values={"budget_points": 6}, shown=budget, actor=asking, **step)
    drafting.change_draft(values={"edge": "partial"}, shown=edge, actor=asking, **step)

    saved = Terms.objects.get()
    assert (saved.budget_points, saved.edge) == (5, "partial")


def test_a_revision_starts_with_the_first_change_and_not_before(asking: Actor) -> None:
    code = CampaignFactory.create(published=True).code

    assert change(code, asking, edge="stop") is False
    assert Terms.objects.count() == 1
    assert change(code, asking, edge="partial") is True

    versions = Terms.objects.order_by("version").values_list("version", "edge", "published_at")
    assert [(version, edge) for version, edge, _at in versions] == [(1, "stop"), (2, "partial")]


def test_nothing_is_changed_once_the_entrants_are_frozen(asking: Actor) -> None:
    code = CampaignFactory.create(published=True, frozen_at=LATER).code

    with pytest.raises(refusals.EntriesFrozen):
        change(code, asking, edge="partial")
    assert Terms.objects.count() == 1


def test_what_is_not_complete_keeps_the_draft_from_being_published(
    asking: Actor, deciding: Actor
) -> None:
    draft = TermsFactory.create()
    code = draft.campaign.code
    approval = ask_publication(draft.campaign, asking)
    change(code, asking, budget_points=None)

    assert codes_of(drafting.find_draft(code)) == [(drafting.MISSING, "budget_points")]
    with pytest.raises(refusals.DraftUnfinished):
        drafting.request_publication(code=code, shown="", actor=asking, at=LATER)
    with pytest.raises(refusals.DraftUnfinished):
        approve(approval, deciding)
    draft.refresh_from_db()
    assert (draft.budget_points, draft.published_at) == (100_000_000, None)

    drafting.discard_changes(code=code, actor=asking, at=LATER)
    approve(approval, deciding)
    draft.refresh_from_db()
    assert draft.published_at == LATER


def test_a_file_that_is_loaded_replaces_what_is_not_complete(asking: Actor) -> None:
    start(asking)

    terms.load_campaign(campaign_file(code=CODE), at=LATER)

    assert not drafting.find_draft(CODE).is_unfinished
    assert queries.file_of(Terms.objects.get()).terms == FIRST.terms


def test_a_request_records_that_the_legal_department_has_checked(asking: Actor) -> None:
    code = TermsFactory.create().campaign.code

    shown = drafting.hash_to_publish(drafting.find_draft(code))
    drafting.request_publication(code=code, shown=shown, actor=asking, at=LATER)

    records = AuditRecord.objects.order_by("pk")
    assert [record.action for record in records] == [
        "approval.requested",
        drafting.CHECKED_BY_LEGAL,
    ]
    requested, checked = records
    assert checked.detail == {
        "version": 1,
        "content_sha256": requested.detail["content_sha256"],
    }


@pytest.mark.parametrize(
    ("missing", "changed", "found"),
    [
        pytest.param(
            "minimum_total_yen",
            {"closes_at": "2024-12-01T00:00:00+09:00"},
            ("periods_out_of_order", "closes_at"),
            id="a period",
        ),
        pytest.param(
            "credit_at",
            {"expected_sales_yen": 200_000_000},
            ("prizes_above_share_of_sales", "budget_points"),
            id="the law",
        ),
    ],
)
def test_what_is_given_is_checked_while_something_else_is_missing(
    asking: Actor, missing: str, changed: Any, found: Any
) -> None:
    start(asking)
    complete(asking, without=(missing,), **changed)

    draft = drafting.find_draft(CODE)
    assert draft.is_unfinished
    assert codes_of(draft) == [(drafting.MISSING, missing), found]


@pytest.mark.parametrize("role", ["support", "ops", "approver", "auditor", "accounts"])
def test_drafts_are_written_by_who_prepares_campaigns(role: str) -> None:
    other = Actor(UserFactory.create(role=role))
    code = TermsFactory.create().campaign.code

    for operation in (
        lambda: start(other),
        lambda: change(code, other, edge="partial"),
        lambda: drafting.discard_changes(code=code, actor=other, at=AT),
        lambda: drafting.request_publication(code=code, shown="", actor=other, at=AT),
    ):
        with pytest.raises(approvals.NotPermitted):
            operation()
    assert not UnfinishedDraft.objects.exists()


def test_unknown_drafts_are_refused(asking: Actor) -> None:
    with pytest.raises(refusals.UnknownCampaign):
        drafting.find_draft("unknown")
    with pytest.raises(refusals.UnknownCampaign):
        drafting.change_draft(code="unknown", values={}, shown="", actor=asking, at=AT)


def test_what_cannot_be_read_is_a_finding(asking: Actor) -> None:
    start(asking)
    UnfinishedDraft.objects.update(
        content={**drafting.find_draft(CODE).content, "edge": "somewhere"}
    )

    assert ("form", "schema") in codes_of(drafting.find_draft(CODE))
    assert drafting.law_figures_of({**file_values(), "edge": "somewhere"}) is None


@pytest.mark.django_db(transaction=True)
def test_a_draft_published_while_it_is_saved_stays_as_published(
    asking: Actor, deciding: Actor
) -> None:
    draft = TermsFactory.create()
    code = draft.campaign.code
    approval = ask_publication(draft.campaign, asking)

    with another_session() as submit:
        with transaction.atomic():
            approve(approval, deciding)
            saved = submit(change, code, asking, budget_points=99_999_999)
            wait_until_blocked(saved)
        assert ended(saved) is True

    versions = Terms.objects.order_by("version").values_list("version", "budget_points")
    assert list(versions) == [(1, 100_000_000), (2, 99_999_999)]


def test_one_unfinished_draft_has_a_code(db: None) -> None:
    UnfinishedDraft.objects.create(code=CODE, content={})
    with refused_as("campaign_unfinisheddraft_code_key"):
        UnfinishedDraft.objects.create(code=CODE, content={})
    UnfinishedDraft.objects.create(code=f"{CODE}-2", content={})


@pytest.mark.parametrize(
    ("values", "guard"),
    [
        pytest.param({"code": "a b"}, "unfinisheddraft_code_is_identifier", id="the code"),
        pytest.param({"content": []}, "unfinisheddraft_content_is_object", id="the content"),
    ],
)
def test_an_unfinished_draft_is_an_object_with_a_code(values: Any, guard: str) -> None:
    with refused_as(guard):
        UnfinishedDraft.objects.create(**{"code": CODE, "content": {}, **values})
    UnfinishedDraft.objects.create(code=CODE, content={})
