"""Load the terms of a campaign from a file, and check them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils.functional import lazystr
from hypothesis import given, settings

from campaign import queries, refusals, terms
from campaign.checks import check_rule_sentences
from campaign.findings import refusing
from campaign.models import Campaign, Prize, Terms
from campaign.rules import RULE_CODES, RULES
from campaign.sentences import PRIZE_SENTENCES, TERMS_SENTENCES
from campaign.termsfile import CampaignFile, read_campaign_file, write_campaign_file
from core.audit import Actor, machine_user
from core.canonical_json import content_sha256
from core.models import AuditRecord
from tests.campaign.any_file import files
from tests.campaign.files import FIXED, as_bytes, changed, full_values, prize
from tests.campaign.steps import stored
from tests.factories.campaign import (
    AT,
    FIRST_FILE,
    CampaignFactory,
    TermsFactory,
    campaign_file,
)

pytestmark = pytest.mark.django_db


CODE = "012025121203"
SHIPPED = sorted(FIRST_FILE.parent.glob("*.json"))


def read(values: dict[str, Any]) -> CampaignFile:
    """Return a file of these values, read."""
    return read_campaign_file(as_bytes(values))


def test_load_saves_an_unpublished_campaign_as_the_file_says() -> None:
    file = campaign_file()

    assert terms.load_campaign(file, at=AT) is True

    campaign = Campaign.objects.get()
    draft = campaign.terms.get()
    assert (campaign.code, campaign.entries_frozen_at) == (CODE, None)
    assert (draft.version, draft.published_at, draft.published_by) == (1, None, None)
    assert queries.file_of(draft) == file
    record = AuditRecord.objects.get()
    assert (record.at, record.action, record.subject) == (AT, "campaign.load", CODE)
    assert (record.user, record.os_user) == (None, machine_user())
    assert record.detail == {
        "version": 1,
        "terms_sha256": content_sha256(terms.written_values(draft)),
    }


def test_load_again_changes_nothing() -> None:
    terms.load_campaign(campaign_file(), at=AT)
    before = stored()

    assert terms.load_campaign(campaign_file(), at=AT) is False
    assert stored() == before


def test_load_writes_the_same_instants_in_another_zone_as_no_change() -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert terms.load_campaign(campaign_file(opens_at="2024-12-10T03:00:00Z"), at=AT) is False


def test_load_changes_a_draft() -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert terms.load_campaign(campaign_file(budget_points=90_000_000), at=AT) is True

    draft = Terms.objects.get()
    assert (draft.version, draft.budget_points) == (1, 90_000_000)


def test_load_of_what_is_published_changes_nothing() -> None:
    campaign = CampaignFactory.create(published=True)
    before = stored()

    assert terms.load_campaign(campaign_file(code=campaign.code), at=AT) is False
    assert stored() == before


def test_load_of_other_terms_than_the_published_is_refused() -> None:
    campaign = CampaignFactory.create(redrafted=True)
    before = stored()

    with pytest.raises(refusals.AlreadyPublished, match="a revision changes them"):
        terms.load_campaign(campaign_file(code=campaign.code, budget_points=1), at=AT)

    assert stored() == before


def test_load_does_not_change_other_campaigns() -> None:
    other = CampaignFactory.create(draft=True)
    before = other.terms.values().get()

    terms.load_campaign(campaign_file(budget_points=1), at=AT)

    assert other.terms.values().get() == before


def test_load_saves_the_prizes_in_their_order() -> None:
    values = full_values()

    terms.load_campaign(read(values), at=AT)

    draft = Terms.objects.get()
    assert [prize.code for prize in draft.prizes.order_by("number")] == ["a", "b", "c"]
    assert draft.plan == read(values).plan


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param("prizes[0].reward.cap_if[0].cap", 601, id="a cap"),
        pytest.param("prizes[2].name.en", "a prize", id="the name of a prize"),
        pytest.param("texts.notes[0].ja", "注意！", id="a text"),
        pytest.param("lots.most", 19, id="lots"),
        pytest.param("series.course", "south", id="a course"),
        pytest.param("bookings.booked", None, id="the period of booking"),
    ],
)
def test_load_changes_terms_prizes_and_texts_of_a_draft(place: str, value: Any) -> None:
    terms.load_campaign(read(full_values()), at=AT)
    before = content_sha256(terms.written_values(Terms.objects.get()))
    other = read(changed(place, value))

    assert terms.load_campaign(other, at=AT) is True
    assert terms.load_campaign(other, at=AT) is False

    draft = Terms.objects.get()
    assert queries.file_of(draft) == other
    assert content_sha256(terms.written_values(draft)) != before


def test_load_with_other_prizes_replaces_them() -> None:
    terms.load_campaign(read(full_values()), at=AT)
    values = full_values()
    values["prizes"] = [prize("b", FIXED), prize("a", FIXED)]

    terms.load_campaign(read(values), at=AT)

    assert [one.code for one in Prize.objects.order_by("number")] == ["b", "a"]


WRONG = [
    ("closes_at", "2024-12-10T12:00:00+09:00"),
    ("expires_on", "2025-02-14"),
    ("kept_until", "2026-03-30"),
    ("bookings.travel", [{"first": "2025-01-07", "last": "2025-01-06"}]),
    ("bookings.booked.until", "2024-12-01T00:00:00+09:00"),
    ("bookings.kinds_free", ["corporate"]),
    ("bookings.kinds_excluded", ["Corporate"]),
    ("bookings.products_excluded", ["gold"]),
    ("bookings.channels_excluded", ["kiosk"]),
    ("bookings.payment_methods", {"e5488": ["cash"]}),
    ("bookings.touches[0].services", ["e5488"]),
    ("bookings.touches[0].operator", "JR Wset"),
    ("bookings.touches[0].lines", ["のぞむ"]),
    ("lots.times[0].when", ["gold"]),
    ("lots.times", [{"when": ["e5489"], "times": 2}, {"when": ["e5489"], "times": 3}]),
    ("entry_needed", False),
    ("prizes[1].minimum_total_yen", 1),
    ("prizes[2].reward.points", 10**12),
    ("name.en", ""),
    ("prizes[0].name.ja", ""),
    ("texts.heading.en", ""),
    ("texts.drawing", "daruma"),
    ("expected_sales_basis", ""),
    ("expected_sales_yen", 1),
]


@pytest.mark.parametrize(("place", "value"), WRONG, ids=[place for place, _ in WRONG])
def test_wrong_meaning_loads_and_is_found_by_the_check(place: str, value: Any) -> None:
    file = read(changed(place, value))

    assert terms.load_campaign(file, at=AT) is True

    assert queries.file_of(Terms.objects.get()) == file
    assert terms.check_campaign(Campaign.objects.get())


@given(files)
@settings(max_examples=30)
def test_any_file_is_loaded_and_written_without_loss(values: dict[str, Any]) -> None:
    with transaction.atomic():
        file = read(values)
        assert terms.load_campaign(file, at=AT) is True
        assert terms.load_campaign(file, at=AT) is False

        draft = Terms.objects.get(campaign__code=file.code)
        assert queries.file_of(draft) == file
        assert terms.written_values(draft) == write_campaign_file(file)
        assert draft.plan == file.plan
        terms.check_campaign(draft.campaign)
        transaction.set_rollback(True)


def test_broken_load_leaves_the_draft_as_it_was() -> None:
    terms.load_campaign(campaign_file(), at=AT)
    before = stored()

    file = campaign_file(budget_points=1)
    file.prizes[0]["number"] = 0  # a file that is read has no such number
    with pytest.raises(refusals.BrokenCampaignFile, match="1 to 16 prizes"):
        terms.load_campaign(file, at=AT)

    assert stored() == before


def test_every_rule_of_terms_has_its_sentence() -> None:
    # People do not write version and publication: they follow from those before.
    unwritten = {
        "terms_version_from_1",
        "terms_one_per_version",
        "terms_one_draft_per_campaign",
        "terms_draft_or_published",
        # A file with other words of these is refused before, at its field (campaign.checks).
        "terms_facts_known",
        "terms_payment_methods_known",
        "terms_services_known",
    }
    names = {rule.name for rule in Terms._meta.constraints}
    assert names - unwritten == set(TERMS_SENTENCES)
    assert unwritten <= names
    assert {rule.name for rule in Prize._meta.constraints} == set(PRIZE_SENTENCES)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_file_loads_shows_and_may_be_published(path: Path) -> None:
    file = read_campaign_file(path.read_bytes())

    terms.load_campaign(file, at=AT)

    draft = Terms.objects.get()
    assert (file.code, queries.file_of(draft)) == (path.stem, file)
    assert json.dumps(terms.written_values(draft)) == json.dumps(json.loads(path.read_bytes()))
    assert refusing(terms.check_campaign(draft.campaign)) == []


def test_check_finds_nothing_wrong_with_the_first_campaign() -> None:
    terms.load_campaign(campaign_file(), at=AT)

    assert terms.check_campaign(Campaign.objects.get()) == []


def test_check_asks_the_network_for_operators_and_lines() -> None:
    campaign = CampaignFactory.create()
    touch = {"services": ["e5489"], "operator": "JR Wset", "lines": ["のぞみ", "のぞむ"]}
    TermsFactory.create(campaign=campaign, touches=[touch])

    assert [(found.code, found.field) for found in terms.check_campaign(campaign)] == [
        ("unknown_operator", "bookings.touches[0].operator"),
        ("unknown_line", "bookings.touches[0].lines"),
    ]


def test_check_judges_the_draft_that_would_follow() -> None:
    campaign = CampaignFactory.create(published=True)
    TermsFactory.create(campaign=campaign, cap=100_001)

    assert [found.code for found in terms.check_campaign(campaign)] == ["prize_too_large"]


def test_check_warns_of_other_campaigns_at_the_same_time() -> None:
    campaign = CampaignFactory.create(draft=True)
    CampaignFactory.create(code="same", published=True)
    later = [{"first": "2025-01-07", "last": "2025-01-07"}]
    TermsFactory.create(campaign__code="later", travel=later)

    (found,) = terms.check_campaign(campaign)

    assert (found.code, found.refuses) == ("travel_overlaps", False)
    assert "Campaign same has travel days" in found.sentence
    assert "200,000,000" in found.sentence


def test_check_without_terms_is_refused() -> None:
    with pytest.raises(refusals.NoTerms):
        terms.check_campaign(CampaignFactory.create())


def test_every_rule_of_a_campaign_has_its_sentence_in_every_language() -> None:
    terms.load_campaign(read(full_values()), at=AT)

    found = terms.rule_sentences(Terms.objects.get())

    assert {rule.code for rule in found} < set(RULE_CODES)
    assert {"outside_booking_period", "service_not_included"} < {rule.code for rule in found}
    assert all(set(rule.sentences) == {"ja", "en"} for rule in found)
    assert list(check_rule_sentences(found)) == []


def test_rule_without_a_sentence_refuses_the_publication(
    asking: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = CampaignFactory.create(draft=True)
    silent = [replace(rule, sentence=lazystr("")) for rule in RULES if rule.code == "stopover"]
    monkeypatch.setattr(terms, "RULES", silent)

    assert [(found.code, found.field) for found in terms.check_campaign(campaign)] == [
        ("rule_without_sentence", "bookings.stopovers_excluded")
    ] * 2
    with pytest.raises(refusals.TermsRefused, match="The rule stopover has no sentence"):
        terms.request_publication(campaign=campaign, actor=asking, at=AT)
