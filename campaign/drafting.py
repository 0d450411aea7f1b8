"""Write a draft of the terms step by step, in the browser; leave it, and take it up again.

A draft is shown and changed as its campaign file, a few places at a time. As long as a value is
missing it is an unfinished file (``UnfinishedDraft``); once it has the form of a campaign file it
is the draft of the terms, as ``campaign load`` would save it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import queries, terms
from campaign.checks import (
    Surroundings,
    check_entry,
    check_facts,
    check_hidden,
    check_kinds,
    check_known_words,
    check_network,
    check_periods,
    check_prizes,
    check_texts,
)
from campaign.file_form import SCHEMA, TRANSLATED
from campaign.findings import Finding
from campaign.law import LawFigures, check_law, law_figures
from campaign.models import Campaign, Terms, UnfinishedDraft
from campaign.refusals import (
    BrokenCampaignFile,
    CodeTaken,
    DraftChanged,
    UnknownCampaign,
)
from campaign.termsfile import CampaignFile, read_campaign_file
from core import approvals, audit
from core.audit import Actor
from core.canonical_json import content_sha256
from core.errors import constraint_errors

EDITED, STARTED, DISCARDED = "draft.edited", "draft.started", "draft.discarded"
CHECKED_BY_LEGAL = "draft.legal_checked"
MISSING = "missing"
DATES = ("public_at", "opens_at", "closes_at", "credit_at", "expires_on", "kept_until")
NUMBERS = ("minimum_total_yen", "budget_points", "expected_sales_yen")
LISTS = ("bookings.touches", "bookings.travel", "prizes")
REQUIRED = (*DATES, *NUMBERS, *LISTS)
EMPTY_TEXT = {"ja": "", "en": ""}
# What stands for a missing value while the others are checked; no finding is about it.
STAND_INS: dict[str, Any] = {
    **dict.fromkeys(DATES[:4], "2001-01-01T00:00:00+09:00"),
    **dict.fromkeys(DATES[4:], "2001-01-01"),
    **dict.fromkeys(NUMBERS, 1),
    "bookings.travel": [{"first": "2001-01-01", "last": "2001-01-01"}],
    "bookings.touches": [{"services": ["e5489"], "operator": "JR West", "lines": None}],
    "prizes": [
        {
            "code": "1",
            "name": {"ja": "-", "en": "-"},
            "take": {"all": True},
            "minimum_total_yen": None,
            "beside": False,
            "reward": {"kind": "fixed", "points": 1},
        }
    ],
}


@dataclass(frozen=True)
class Draft:
    """What staff write for a campaign: its file, and where it stands.

    ``saved`` is the draft of the terms, if there is one; an unfinished draft may go beyond it.
    ``content`` of a campaign without a draft is what is in force, so that changing it starts a
    revision.
    """

    code: str
    content: dict[str, Any]
    campaign: Campaign | None
    saved: Terms | None
    in_force: Terms | None
    is_unfinished: bool

    @property
    def version(self) -> int:
        """The version that this becomes, or is where nothing is changed."""
        return self.in_force.version + 1 if self.in_force else 1

    @property
    def exists(self) -> bool:
        """Whether there is something that is not published."""
        return self.is_unfinished or self.saved is not None

    @property
    def is_frozen(self) -> bool:
        """Whether no terms can follow, as the entrants are frozen for the draw."""
        return bool(self.campaign and self.campaign.entries_frozen_at)


def find_draft(code: str) -> Draft:
    """Return what staff write, or have published, for a campaign's code.

    Raises:
        UnknownCampaign: there is neither a campaign nor a draft with this code.
    """
    campaign = Campaign.objects.filter(code=code).first()
    unfinished = UnfinishedDraft.objects.filter(code=code).first()
    return draft_of(code, campaign, unfinished)


def draft_of(code: str, campaign: Campaign | None, unfinished: UnfinishedDraft | None) -> Draft:
    """Return a draft by the rows that there are."""
    saved = queries.draft_terms(campaign) if campaign else None
    in_force = queries.published_terms(campaign) if campaign else None
    shown = saved or in_force
    if unfinished:
        content = unfinished.content
    elif shown:
        content = terms.written_values(shown)
    else:
        raise UnknownCampaign(_("There is no campaign with this code."))
    return Draft(code, content, campaign, saved, in_force, unfinished is not None)


def lock_draft(code: str) -> Draft:
    """Lock all that a draft is until the transaction ends, and return it.

    The unfinished draft comes first, then the campaign, as in everything that writes terms. A
    campaign that came to be while this waited for the unfinished draft is found, and locked, too.

    Raises:
        UnknownCampaign: there is neither a campaign nor a draft with this code.
    """
    unfinished = UnfinishedDraft.objects.select_for_update().filter(code=code).first()
    campaign = Campaign.objects.filter(code=code).first()
    if campaign:
        terms.lock_campaign(campaign)
    return draft_of(code, campaign, unfinished)


def unfinished_drafts() -> dict[str, dict[str, Any]]:
    """Return the content of every unfinished draft, by its campaign's code."""
    return dict(UnfinishedDraft.objects.order_by("code").values_list("code", "content"))


def empty_content(code: str, name: Mapping[str, str]) -> dict[str, Any]:
    """Return the file of a new campaign, with no value of its own but code and name."""
    return {
        "schema": SCHEMA,
        "code": code,
        "series": None,
        "name": {**name},
        **dict.fromkeys(DATES),
        "entry_needed": True,
        "time_zone": "Asia/Tokyo",
        "bookings": {
            "touches": [],
            "travel": [],
            "booked": None,
            "products_excluded": [],
            "channels_excluded": [],
            "payment_methods": {},
            "kinds_excluded": [],
            "kinds_registered": [],
            "kinds_free": [],
            "phone_changes_excluded": True,
            "stopovers_excluded": True,
        },
        "lots": {"yen": None, "most": 1, "times": []},
        **dict.fromkeys(NUMBERS),
        "edge": "stop",
        "prizes": [],
        "expected_sales_basis": "",
        "texts": {
            **dict.fromkeys(TRANSLATED, EMPTY_TEXT),
            "notes": [],
            "contact_telephone": "",
            "drawing": "plain",
        },
    }


def copied_content(content: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the file of another campaign with all its dates a year later."""
    bookings = content["bookings"]
    travel = [
        {name: a_year_later(day) for name, day in period.items()} for period in bookings["travel"]
    ]
    booked = bookings["booked"]
    if booked:
        booked = {name: a_year_later(instant) for name, instant in booked.items()}
    return {
        **content,
        "code": code,
        **{name: a_year_later(content[name]) for name in DATES if content[name]},
        "bookings": {**bookings, "travel": travel, "booked": booked},
    }


def a_year_later(written: str) -> str:
    """Return a day or an instant, as a file writes it, a year later; 29 February gives the 28th."""
    day = date.fromisoformat(written[:10])
    try:
        later = day.replace(year=day.year + 1)
    except ValueError:
        later = day.replace(year=day.year + 1, day=28)
    return later.isoformat() + written[10:]


@transaction.atomic
def start_draft(*, code: str, name: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """Start the draft of a new campaign.

    Raises:
        CodeTaken: a campaign or a draft has this code.
        NotPermitted: the person may not change terms.
    """
    _save_new(empty_content(code, name), actor=actor, at=at, detail={})


@transaction.atomic
def copy_draft(
    *, source: str, code: str, name: Mapping[str, str], actor: Actor, at: datetime
) -> None:
    """Start the draft of a new campaign as a copy of another one, all dates a year later.

    Raises:
        UnknownCampaign: there is no campaign or draft with the code to copy.
        CodeTaken, NotPermitted: as for a new one.
    """
    content = {**copied_content(find_draft(source).content, code), "name": {**name}}
    _save_new(content, actor=actor, at=at, detail={"copied_from": source})


def _save_new(
    content: dict[str, Any], *, actor: Actor, at: datetime, detail: Mapping[str, Any]
) -> None:
    approvals.require_actor(actor, terms.MAY_CHANGE)
    code = content["code"]
    taken = CodeTaken(_("This code is taken by another campaign or draft. Choose another one."))
    if Campaign.objects.filter(code=code).exists():
        raise taken
    with constraint_errors({"campaign_unfinisheddraft_code_key": taken}):
        UnfinishedDraft.objects.create(code=code, content=content)
    audit.record(actor=actor, action=STARTED, subject=code, at=at, detail=detail)
    save_content(lock_draft(code), content)


@transaction.atomic
def change_draft(
    *, code: str, values: Mapping[str, Any], shown: str, actor: Actor, at: datetime
) -> bool:
    """Change some places of a draft, or of what is in force; return whether anything changed.

    Args: ``values``: by place, what is to stand there, as in a campaign file; ``shown``: the
        ``hash_of_places`` of what the person saw when they began.

    Raises:
        DraftChanged: another person has changed one of these places meanwhile.
        EntriesFrozen: the entrants are frozen for the draw.
        NotPermitted: the person may not change terms.
        UnknownCampaign: there is no campaign or draft with this code.
    """
    approvals.require_actor(actor, terms.MAY_CHANGE)
    draft = lock_draft(code)
    if draft.is_frozen:
        raise terms.entries_frozen()
    if hash_of_places(draft.content, values) != shown:
        raise DraftChanged(_("Another person has changed this step since you opened it."))
    content = with_places(draft.content, values)
    if not save_content(draft, content):
        return False
    before, after = draft.content, find_draft(code).content
    audit.record(
        actor=actor,
        action=EDITED,
        subject=code,
        at=at,
        detail={
            "version": draft.version,
            "changed": sorted(name for name in after if after[name] != before.get(name)),
            "terms_sha256": content_sha256(after),
        },
    )
    return True


@transaction.atomic
def discard_changes(*, code: str, actor: Actor, at: datetime) -> None:
    """Discard an unfinished draft: what was complete before it stands again, if anything was.

    Raises:
        NotPermitted: the person may not change terms.
    """
    approvals.require_actor(actor, terms.MAY_CHANGE)
    if terms.discard_unfinished(code):
        audit.record(actor=actor, action=DISCARDED, subject=code, at=at, detail={})


@transaction.atomic
def request_publication(*, code: str, shown: str, actor: Actor, at: datetime) -> None:
    """Request the publication of a draft that the legal department has checked.

    Args: ``shown``: the ``hash_to_publish`` of the draft that the person read.

    Raises:
        ShownOtherwise: the draft is not what the person read.
        UnknownCampaign: nothing complete is there to publish.
        NotPublished, EntriesFrozen, DraftUnfinished, TermsRefused, NotPermitted: as for the
            command.
    """
    campaign = queries.get_campaign(code)
    approval = terms.request_draft_publication(campaign=campaign, actor=actor, at=at)
    approvals.require_shown(approval, shown)
    audit.record(
        actor=actor,
        action=CHECKED_BY_LEGAL,
        subject=code,
        at=at,
        detail={
            "version": approval.content["version"],
            "content_sha256": approval.content_sha256,
        },
    )


def save_content(draft: Draft, content: dict[str, Any]) -> bool:
    """Save a locked draft: as the draft of the terms where it is complete, else as far as it goes.

    Return whether anything changed. What is equal to the version in force starts no revision.
    """
    file = read_content(content)
    if file is None:
        _same, _created = UnfinishedDraft.objects.update_or_create(
            code=draft.code, defaults={"content": content}
        )
        return content != draft.content
    was_unfinished = terms.discard_unfinished(draft.code)
    shown = draft.saved or draft.in_force
    if shown and queries.file_of(shown) == file:
        return was_unfinished
    campaign = draft.campaign or Campaign.objects.create(code=draft.code)
    return terms.save_draft(campaign, version=draft.version, file=file)


def read_content(content: Mapping[str, Any]) -> CampaignFile | None:
    """Return a draft as a campaign file; None while it has not the form of one."""
    try:
        return read_campaign_file(json.dumps(content).encode())
    except BrokenCampaignFile:
        return None


def value_at(content: Mapping[str, Any], place: str) -> Any:
    """Return what stands at a place such as ``bookings.travel``."""
    value: Any = content
    for name in place.split("."):
        value = value[name]
    return value


def hash_of_places(content: Mapping[str, Any], places: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Return the hash of what stands at some places."""
    return content_sha256({place: value_at(content, place) for place in places})


def hash_to_publish(draft: Draft) -> str:
    """Return the hash of what publishing a draft would fix, as its approval has it."""
    return content_sha256({"version": draft.version, **draft.content})


def with_places(content: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content with other values at some places, of one level or two."""
    changed = {**content, "bookings": {**content["bookings"]}}
    for place, value in values.items():
        outer, _dot, inner = place.partition(".")
        if inner:
            changed[outer][inner] = value
        else:
            changed[outer] = value
    return changed


def check_draft(draft: Draft) -> list[Finding]:
    """Return what is missing in a draft, what is wrong with it, and what is worth a look."""
    if not draft.is_unfinished:
        shown = draft.saved or draft.in_force
        return terms.check_terms(shown) if shown else []
    return list(check_unfinished(draft.content))


def check_unfinished(content: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is missing in an unfinished draft, and what is wrong with the values given.

    A check runs once all that it compares is given.
    """
    missing = [place for place in REQUIRED if not value_at(content, place)]
    for place in missing:
        yield Finding(MISSING, place, _("Not given yet."))
    file = read_content(with_places(content, {place: STAND_INS[place] for place in missing}))
    if file is None:
        yield Finding("form", "schema", _("A value cannot be read."))
        return
    yield from check_entry(file.terms)
    yield from check_kinds(file.terms)
    yield from check_known_words(file.terms)
    yield from check_periods(file.terms, [place.removeprefix("bookings.") for place in missing])
    if not {"bookings.touches", "minimum_total_yen", "budget_points", "prizes"}.intersection(
        missing
    ):
        yield from check_amounts(file, sales_given="expected_sales_yen" not in missing)
    yield from check_texts(file)


def law_figures_of(content: Mapping[str, Any]) -> LawFigures | None:
    """Return the figures of the prize law for a draft; None while an amount is missing."""
    missing = {place for place in REQUIRED if not value_at(content, place)}
    if not {*NUMBERS, "prizes"}.isdisjoint(missing):
        return None
    file = read_content(with_places(content, {place: STAND_INS[place] for place in missing}))
    if file is None:
        return None
    return law_figures(file.plan, expected_sales_yen=file.terms["expected_sales_yen"])


def check_amounts(file: CampaignFile, *, sales_given: bool) -> Iterator[Finding]:
    """Yield what is wrong with the plan of prizes, and with the sections that journeys touch."""
    yield from check_network(file.terms, Surroundings(queries.lines_of_network()).lines)
    yield from check_facts(file.terms, file.plan)
    yield from check_prizes(file.plan)
    yield from check_hidden(file.plan)
    if sales_given:
        yield from check_law(file.plan, expected_sales_yen=file.terms["expected_sales_yen"])
