"""Campaigns in the browser: made, copied, revised step by step, and requested to be published."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaign import drafting, terms
from campaign.models import Terms, UnfinishedDraft
from campaign.queries import file_of
from campaign.termsfile import read_campaign_file, write_campaign_file
from core.audit import Actor
from core.models import Approval, AuditRecord
from portal.desk.campaigns.fields import NumberField
from portal.desk.campaigns.steps import STEPS
from tests.approving import approve
from tests.campaign.staffpages import signed_in
from tests.factories.campaign import (
    AT,
    FIRST_FILE,
    CampaignFactory,
    UserFactory,
    campaign_file,
    file_values,
)
from tests.people import _in_english, asking, deciding
from tests.portal.desk.browser_form import sent

__all__ = ["_in_english", "asking", "deciding"]
pytestmark = pytest.mark.django_db
SHIPPED = sorted(FIRST_FILE.parent.glob("*.json"))
FIRST = "012025121203"
# Every row of a table is a new one.
ALL_NEW = ("travel", "notes", "touches", "times", "prizes", "prizes-0-caps", "prizes-1-caps")


@pytest.fixture
def client(asking: Actor) -> Client:
    """Return the browser of a person who prepares campaigns, and reads English."""
    return signed_in(asking.user)


def step_page(code: str, slug: str) -> str:
    """Return the address of a step."""
    return reverse("desk:campaign_step", args=[code, slug])


def opened(client: Client, code: str, slug: str) -> str:
    """Open a step, and return its page."""
    response = client.get(step_page(code, slug))
    assert response.status_code == 200
    return str(response.content.decode())


def saved(client: Client, code: str, slug: str, **changed: Any) -> Any:
    """Open a step, change some fields, and save it."""
    return client.post(step_page(code, slug), sent(opened(client, code, slug), **changed))


def words_of(response: Any) -> str:
    """Return a page's text, in one line."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_passes_through_the_editor_unchanged(client: Client, path: Any) -> None:
    file = read_campaign_file(path.read_bytes())
    terms.load_campaign(file, at=AT)

    for step in STEPS:
        assert saved(client, file.code, step.slug).status_code == 302, step.slug

    draft = Terms.objects.get()
    now, before = terms.written_values(draft), write_campaign_file(file)
    assert [(k, now[k], before[k]) for k in before if now[k] != before[k]] == []
    edits = AuditRecord.objects.filter(action=drafting.EDITED)
    assert [edit.detail["changed"] for edit in edits] == []
    assert not UnfinishedDraft.objects.exists()


def test_a_campaign_is_made_from_nothing_and_published(
    client: Client, deciding: Actor, asking: Actor
) -> None:
    assert "There is no campaign yet." in words_of(client.get(reverse("desk:campaigns")))
    named = {"code": "winter-2026", "name_ja": "冬", "name_en": "Winter"}
    started = client.post(reverse("desk:new_campaign"), named)
    assert started.headers["Location"] == step_page("winter-2026", "name")
    page = words_of(client.get(reverse("desk:campaign", args=["winter-2026"])))
    assert page.count("Not given yet.") == len(drafting.REQUIRED)
    assert "Request the publication" not in page
    assert "Being written" in words_of(client.get(reverse("desk:campaigns")))

    terms.load_campaign(campaign_file(), at=AT)
    for step in STEPS[1:]:
        wanted = sent(opened(client, FIRST, step.slug))
        shown = sent(opened(client, "winter-2026", step.slug))["shown"]
        changed = {**wanted, "shown": shown}
        none = {f"{table}-INITIAL_FORMS": ["0"] for table in ALL_NEW}
        changed |= {name: value for name, value in none.items() if name in changed}
        assert client.post(step_page("winter-2026", step.slug), changed).status_code == 302

    draft = Terms.objects.get(campaign__code="winter-2026")
    names = {"name": {"ja": "冬", "en": "Winter"}, "code": "winter-2026"}
    assert terms.written_values(draft) == file_values(**names)
    address = reverse("desk:campaign", args=["winter-2026"])
    assert "This field is required." in words_of(client.post(address))
    request = sent(client.get(address).content.decode(), checked_by_legal="on")
    requested = client.post(address, request, follow=True)
    assert "You have requested the publication." in words_of(requested)
    assert "It waits for approval: requested by asking" in words_of(requested)
    assert "Request the publication" not in words_of(requested)
    approve(Approval.objects.get(), deciding)
    assert "version 1 is in force" in words_of(client.get(address))


def test_a_copy_takes_its_name_and_code_from_the_form(client: Client) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    address = reverse("desk:copy_campaign", args=[FIRST])

    form = sent(str(client.get(address).content.decode()))
    assert form["name_en"] == [campaign_file().terms["name_en"]]
    taken = client.post(address, {**form, "code": FIRST})
    assert "This code is taken" in words_of(taken)
    copied = client.post(address, {**form, "code": "next"})

    assert copied.headers["Location"] == step_page("next", "name")
    first, second = (Terms.objects.get(campaign__code=code) for code in (FIRST, "next"))
    assert second.opens_at.year == first.opens_at.year + 1


@pytest.mark.parametrize(
    ("slug", "changed", "field", "sentence"),
    [
        pytest.param(
            "name",
            {"series_course": "a"},
            "id_series_code",
            "Enter the code of the series as well.",
            id="a course without its series",
        ),
        pytest.param(
            "periods",
            {"closes_at": "not an instant"},
            "id_closes_at",
            "Enter a day and a time.",
            id="no instant",
        ),
        pytest.param(
            "periods",
            {"opens_at": "1999-01-01T00:00"},
            "id_opens_at",
            "Choose a day from 2000 to 2099.",
            id="an instant of another century",
        ),
        pytest.param(
            "periods",
            {"booked_from": "2024-12-01T00:00"},
            "id_booked_until",
            "Enter both ends, or none.",
            id="half a period of booking",
        ),
        pytest.param(
            "amounts",
            {"budget_points": "a lot"},
            "id_budget_points",
            "Enter a whole number in digits",
            id="no number",
        ),
        pytest.param(
            "amounts",
            {"prizes-0-percent": ""},
            "id_prizes-0-percent",
            "Fill this in.",
            id="a share without its percent",
        ),
        pytest.param(
            "amounts",
            {"prizes-0-take": "one_in", "prizes-0-take_count": "1"},
            "id_prizes-0-take_count",
            "Enter 2 or more.",
            id="one in one",
        ),
        pytest.param(
            "amounts",
            {
                "prizes-0-take": "winners",
                "prizes-0-take_count": "5",
                "prizes-0-kind": "pool",
                "prizes-0-points": "5",
            },
            "id_prizes-0-take",
            "This prize must be for everybody.",
            id="a pool for some",
        ),
        pytest.param(
            "amounts",
            {"prizes-0-kind": "pool", "prizes-0-points": "5", "prizes-0-minimum_total_yen": "1"},
            "id_prizes-0-minimum_total_yen",
            "Leave it empty, as all share these points.",
            id="a pool with a minimum",
        ),
        pytest.param(
            "amounts",
            {
                "prizes-1-name_ja": "x",
                "prizes-1-percent": "1",
                "prizes-1-cap": "1",
                "prizes-1-code": "1",
            },
            "id_prizes-1-code",
            "Another prize has this code already.",
            id="a code of two prizes",
        ),
        pytest.param(
            "amounts",
            {"lots_most": "5"},
            "id_lots_yen",
            "Enter for how much spending a member has a lot.",
            id="lots for nothing",
        ),
        pytest.param(
            "amounts",
            {
                "lots_yen": "5",
                "lots_most": "65535",
                "times-0-when": ["e5489"],
                "times-0-times": "2",
            },
            "id_lots_most",
            "With the multiplication these are too many lots.",
            id="too many lots",
        ),
        pytest.param(
            "texts",
            {"heading_ja": "a\x07b"},
            "id_heading_ja",
            "Take out the characters that a page cannot show.",
            id="a control character",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(
    client: Client, slug: str, changed: dict[str, Any], field: str, sentence: str
) -> None:
    terms.load_campaign(campaign_file(), at=AT)

    page = words_of(saved(client, FIRST, slug, **changed))

    assert "Not saved. See the marked fields." in page
    assert error_of(page, field).startswith(sentence)
    assert file_of(Terms.objects.get()) == campaign_file()


def error_of(page: str, field: str) -> str:
    """Return the first error that stands at a field."""
    found = page.split(f'id="{field}_error"', 1)
    assert len(found) == 2, f"no error at {field}"
    return found[1].split("<li>", 1)[1].split("</li>", 1)[0]


@pytest.mark.parametrize(
    ("slug", "changed", "field", "sentence"),
    [
        pytest.param(
            "periods",
            {"closes_at": "2024-12-01T00:00"},
            "id_closes_at",
            "Entry must open before it closes.",
            id="entry closes before it opens",
        ),
        pytest.param(
            "periods",
            {"travel-0-last": "2024-12-01"},
            "id_travel-0-first",
            "The first day must not be after the last.",
            id="travel ends before it begins",
        ),
        pytest.param(
            "amounts",
            {"prizes-0-cap": "２０万"},
            "id_prizes-0-cap",
            "The largest reward, 200,000 points, is above what the prize law allows",
            id="a reward above the law",
        ),
        pytest.param(
            "amounts",
            {"expected_sales_yen": "2億"},
            "id_budget_points",
            "All prizes may come to at most 2 percent of the expected sales",
            id="prizes above their share of the sales",
        ),
    ],
)
def test_what_makes_no_sense_is_saved_and_shown_at_its_field(
    client: Client, slug: str, changed: dict[str, Any], field: str, sentence: str
) -> None:
    terms.load_campaign(campaign_file(), at=AT)

    response = saved(client, FIRST, slug, **changed)

    assert response.headers["Location"] == step_page(FIRST, slug)
    page = words_of(client.get(step_page(FIRST, slug)))
    assert error_of(page, field).startswith(sentence)
    assert file_of(Terms.objects.get()) != campaign_file()
    check = words_of(client.get(reverse("desk:campaign", args=[FIRST])))
    assert sentence in check
    assert f"{step_page(FIRST, slug)}#{field}" in check
    assert "Request the publication" not in check


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("20,000", 20_000, id="commas"),
        pytest.param("２０，０００", 20_000, id="full width"),
        pytest.param("1億2,000万", 120_000_000, id="as Japanese writes it"),
        pytest.param(" 2億 ", 200_000_000, id="oku alone"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: int | None) -> None:
    assert NumberField(required=False).clean(typed) == number


@pytest.mark.parametrize("typed", ["1.5", "-1", "1万億", "9" * 5000, "1e3", "x"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        NumberField(required=False).clean(typed)


def test_prizes_are_added_moved_and_taken_out(client: Client) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    new = {
        "prizes-1-name_ja": "梅",
        "prizes-1-name_en": "Plum",
        "prizes-1-take": "winners",
        "prizes-1-take_count": "50",
        "prizes-1-kind": "fixed",
        "prizes-1-points": "1,000",
        "prizes-0-ORDER": "2",
        "prizes-1-ORDER": "1",
        "prizes-1-code": "plum",
    }

    added = saved(client, FIRST, "amounts", **new, stay="1")
    assert added.headers["Location"] == step_page(FIRST, "amounts")
    assert [prize["code"] for prize in file_of(Terms.objects.get()).prizes] == ["plum", "1"]
    saved(client, FIRST, "amounts", **{"prizes-1-DELETE": "on"})
    assert [prize["code"] for prize in file_of(Terms.objects.get()).prizes] == ["plum"]


def test_a_step_that_another_person_changed_is_not_overwritten_silently(client: Client) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    other = signed_in(UserFactory.create(role="campaign", username="hanako"))
    mine = sent(opened(client, FIRST, "texts"), heading_en="Mine")
    saved(other, FIRST, "texts", heading_en="Theirs")

    refused = client.post(step_page(FIRST, "texts"), mine)
    page = words_of(refused)
    assert "Not saved: hanako changed this step" in page
    assert ">Mine<" in page.replace(" ", "")
    assert Terms.objects.get().texts["heading"]["en"] == "Theirs"

    again = client.post(step_page(FIRST, "texts"), sent(str(refused.content.decode())))
    assert again.status_code == 302
    assert Terms.objects.get().texts["heading"]["en"] == "Mine"


def test_dates_out_of_order_are_shown_while_others_are_missing(client: Client) -> None:
    named = {"code": "new", "name_ja": "冬", "name_en": "Winter"}
    client.post(reverse("desk:new_campaign"), named)

    given = {"opens_at": "2026-03-20T12:00", "closes_at": "2026-03-01T00:00"}
    response = saved(client, "new", "periods", **given)

    assert response.headers["Location"] == step_page("new", "periods")
    page = words_of(client.get(step_page("new", "periods")))
    assert error_of(page, "id_closes_at").startswith("Entry must open before it closes.")
    assert "The page must be public" not in page
    assert "Points cannot be credited" not in page


def test_a_revision_shows_what_it_changes(client: Client) -> None:
    code = CampaignFactory.create(published=True).code
    assert "Make a revision" in words_of(client.get(reverse("desk:campaigns")))
    assert "a change makes the draft of version 2" in opened(client, code, "periods")

    saved(client, code, "periods", closes_at="2025-01-16T00:00", public_at="2024-12-09T12:00")
    saved(client, code, "texts", heading_en="Longer")

    page = words_of(client.get(reverse("desk:campaign", args=[code])))
    assert "Entry until: from" in page
    assert "Longer" in page
    assert "Shown on the front page from" in page
    assert "Version 2: draft" in words_of(client.get(reverse("desk:campaigns")))


def test_unfinished_changes_are_discarded(client: Client) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    saved(client, FIRST, "amounts", budget_points="")
    page = words_of(client.get(reverse("desk:campaign", args=[FIRST])))
    assert "a draft with values missing" in page
    assert "Changes that are not complete" in words_of(client.get(reverse("desk:campaigns")))

    client.post(reverse("desk:discard_draft", args=[FIRST]))

    assert not UnfinishedDraft.objects.exists()
    assert file_of(Terms.objects.get()) == campaign_file()


def test_the_law_is_shown_for_what_is_being_typed(client: Client) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    typed = sent(opened(client, FIRST, "amounts"), budget_points="5億")
    address = reverse("desk:campaign_law", args=[FIRST])

    page = words_of(client.post(address, typed))

    assert "500,000,000 points (2.50 percent of the expected sales)" in page
    assert "above the limit" in page
    typed["budget_points"] = ["?"]
    assert "The figures are shown once" in words_of(client.post(address, typed))
    assert file_of(Terms.objects.get()) == campaign_file()


@pytest.mark.parametrize("role", ["support", "ops", "approver", "auditor"])
def test_other_roles_read_campaigns_and_change_nothing(role: str) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    client = signed_in(UserFactory.create(role=role))

    listed = words_of(client.get(reverse("desk:campaigns")))
    assert "Make a new campaign" not in listed
    page = words_of(client.get(reverse("desk:campaign", args=[FIRST])))
    assert "What an approver will read" in page
    assert "Request the publication" not in page
    for address in (
        reverse("desk:new_campaign"),
        reverse("desk:copy_campaign", args=[FIRST]),
        step_page(FIRST, "name"),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    for name in ("campaign_law", "discard_draft", "campaign"):
        assert client.post(reverse(f"desk:{name}", args=[FIRST])).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/staff/campaigns/unknown/check/", id="no such campaign"),
        pytest.param(f"/staff/campaigns/{FIRST}/step/other/", id="no such step"),
    ],
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert client.get(address).status_code == 404


def test_pages_take_the_same_number_of_queries_for_many_campaigns(
    client: Client, django_assert_num_queries: Any
) -> None:
    terms.load_campaign(campaign_file(), at=AT)
    listed = reverse("desk:campaigns")
    client.get(listed)
    with CaptureQueriesContext(connection) as few:
        client.get(listed)
    for number in range(5):
        terms.load_campaign(campaign_file(code=f"other-{number}"), at=AT)
        drafting.start_draft(
            code=f"new-{number}",
            name={"ja": "新", "en": "New"},
            actor=Actor(UserFactory.create(role="campaign")),
            at=AT,
        )

    with django_assert_num_queries(len(few)):
        client.get(listed)
