"""A record of the audit in words: what was done, by whom, about whom, with which details."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from campaign.models import AggregationMode, Terms
from core import action_names
from core.approvals import name_of_action
from core.models import AuditRecord, User
from core.roles import ROLE_NAMES
from entries.models import CaseNote
from lottery import bundle
from lottery.models import Draw
from points.correcting import RESOLVE, REVERSE
from portal import formats, listing
from portal.announcement import name_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_LISTED = 10  # numbers of a list that are written out
SHORT_HASH = 12
HASH_LENGTH = 64
# What the details of records say, by the names under which they say it.
DETAILS: dict[str, "StrPromise"] = {
    "applied": pgettext_lazy("detail", "applied"),
    "quarantined": pgettext_lazy("detail", "still waiting"),
    "name": pgettext_lazy("detail", "name"),
    "search": pgettext_lazy("detail", "searched by"),
    "person": pgettext_lazy("detail", "person"),
    "since": pgettext_lazy("detail", "from"),
    "until": pgettext_lazy("detail", "until"),
    "action": pgettext_lazy("detail", "action"),
    "about": pgettext_lazy("detail", "about"),
    "number": pgettext_lazy("detail", "number"),
    "text": pgettext_lazy("detail", "any text"),
    "before": pgettext_lazy("detail", "before"),
    "by_hour": pgettext_lazy("detail", "expected by this hour"),
    "days_without": pgettext_lazy("detail", "weekdays that may lack one"),
    "found": pgettext_lazy("detail", "found"),
    "hash": pgettext_lazy("detail", "keyed hash of the member"),
    "kind": pgettext_lazy("detail", "kind"),
    "mode": pgettext_lazy("detail", "kind"),
    "note": pgettext_lazy("detail", "note no."),
    "run": pgettext_lazy("detail", "run no."),
    "settled": pgettext_lazy("detail", "settled"),
    "tried": pgettext_lazy("detail", "tried"),
    "last_day_before": pgettext_lazy("detail", "last valid day before"),
    "accepted": pgettext_lazy("detail", "accepted"),
    "drawn": pgettext_lazy("detail", "after the draw"),
    "findings": pgettext_lazy("detail", "findings"),
    "result": pgettext_lazy("detail", "with the result"),
    "agrees": pgettext_lazy("detail", "agreeing"),
    "approval": pgettext_lazy("detail", "approval no."),
    "approved_by": pgettext_lazy("detail", "approved by"),
    "award_points": pgettext_lazy("detail", "points of the awards"),
    "awards": pgettext_lazy("detail", "awards"),
    "amount_differs": pgettext_lazy("detail", "amount differs"),
    "answered_twice": pgettext_lazy("detail", "answered twice"),
    "bookings": pgettext_lazy("detail", "booking no."),
    "booking": pgettext_lazy("detail", "booking no."),
    "candidates": pgettext_lazy("detail", "similar ones found"),
    "case": pgettext_lazy("detail", "case no."),
    "copied_from": pgettext_lazy("detail", "copied from"),
    "changed": pgettext_lazy("detail", "changed"),
    "content_sha256": pgettext_lazy("detail", "fingerprint of the content"),
    "credited": pgettext_lazy("detail", "credited"),
    "credited_points": pgettext_lazy("detail", "points credited"),
    "credits": pgettext_lazy("detail", "credits"),
    "dry_run": pgettext_lazy("detail", "trial only"),
    "entrant": pgettext_lazy("detail", "entrant no."),
    "entries": pgettext_lazy("detail", "entry no."),
    "entry": pgettext_lazy("detail", "entry no."),
    "entry_count": pgettext_lazy("detail", "entrants"),
    "expired_points": pgettext_lazy("detail", "points expired"),
    "factor": pgettext_lazy("detail", "second factor"),
    "file": pgettext_lazy("detail", "file"),
    "files": pgettext_lazy("detail", "files"),
    "first": pgettext_lazy("detail", "first"),
    "forfeited": pgettext_lazy("detail", "forfeited"),
    "forfeited_points": pgettext_lazy("detail", "points forfeited"),
    "known_browser": pgettext_lazy("detail", "known browser"),
    "last": pgettext_lazy("detail", "last"),
    "manifest_sha256": pgettext_lazy("detail", "fingerprint of the list"),
    "member": pgettext_lazy("detail", "member no."),
    "members": pgettext_lazy("detail", "members"),
    "method": pgettext_lazy("detail", "way of asking"),
    "minutes": pgettext_lazy("detail", "minutes"),
    "missing_there": pgettext_lazy("detail", "missing there"),
    "pending": pgettext_lazy("detail", "not paid yet"),
    "points": pgettext_lazy("detail", "points"),
    "public": pgettext_lazy("detail", "public"),
    "reason": pgettext_lazy("detail", "reason"),
    "record": pgettext_lazy("detail", "record"),
    "records": pgettext_lazy("detail", "records"),
    "rejected": pgettext_lazy("detail", "rejected"),
    "released_points": pgettext_lazy("detail", "points released"),
    "result_sha256": pgettext_lazy("detail", "fingerprint of the result"),
    "role": pgettext_lazy("detail", "role"),
    "rows": pgettext_lazy("detail", "rows"),
    "session": pgettext_lazy("detail", "sign-in no."),
    "sha256": pgettext_lazy("detail", "fingerprint"),
    "step": pgettext_lazy("detail", "step"),
    "tables": pgettext_lazy("detail", "rows of each table"),
    "terms_sha256": pgettext_lazy("detail", "fingerprint of the terms"),
    "total_points": pgettext_lazy("detail", "points in all"),
    "unknown_here": pgettext_lazy("detail", "unknown here"),
    "version": pgettext_lazy("detail", "version"),
}
VALUES: dict[tuple[str, str], "StrPromise | str"] = {
    **{("kind", kind.value): kind.label for kind in CaseNote.Kind},
    **{("mode", mode.value): mode.label for mode in AggregationMode},
    **{("role", role): name for role, name in ROLE_NAMES.items()},
    ("step", "password"): pgettext_lazy("step of a sign-in", "password"),
    ("step", "factor"): pgettext_lazy("step of a sign-in", "second factor"),
    ("factor", "totp"): pgettext_lazy("second factor", "app codes"),
    ("factor", "webauthn"): pgettext_lazy("second factor", "security key"),
    ("factor", "recovery_codes"): pgettext_lazy("second factor", "recovery codes"),
    ("factor", "none"): pgettext_lazy("second factor", "none asked for"),
    ("method", "GET"): pgettext_lazy("way of asking", "shown"),
    ("method", "HEAD"): pgettext_lazy("way of asking", "shown"),
    ("method", "POST"): pgettext_lazy("way of asking", "sent"),
    ("file", "totals"): pgettext_lazy("file", "totals of the members"),
    ("file", "announcement"): pgettext_lazy("file", "figures of a campaign"),
    ("file", "audit"): pgettext_lazy("file", "records of the audit"),
}
NOT_SHOWN = {"route"}  # the subject names the page
# What a draft has, by the names of a campaign file that are no columns.
CHANGED: dict[str, "StrPromise"] = {
    "bookings": pgettext_lazy("changed", "which bookings count"),
    "lots": pgettext_lazy("changed", "lots"),
    "name": pgettext_lazy("changed", "name"),
    "prizes": pgettext_lazy("changed", "prizes"),
    "series": pgettext_lazy("changed", "series"),
}
# What stands as the subject where it is no code.
SUBJECTS: dict[str, "StrPromise"] = {
    "audit": pgettext_lazy("subject", "audit"),
    "members": pgettext_lazy("subject", "members"),
    "credits": pgettext_lazy("subject", "points of members"),
    "-": pgettext_lazy("subject", "no such account"),
    "unknown": pgettext_lazy("subject", "nobody known"),
}
# How a record names somebody whose data was disclosed or erased: by the number of a row.
PEOPLE: dict[str, "StrPromise"] = {
    "account": pgettext_lazy("subject", "points account no."),
    "booking": pgettext_lazy("subject", "booking no."),
    "case": pgettext_lazy("subject", "erasure no."),
    "entry": pgettext_lazy("subject", "entry no."),
    "member": pgettext_lazy("subject", "member no."),
}
OF_A_PERSON = re.compile(rf"({'|'.join(PEOPLE)})[ /](\d+)")
MODEL = re.compile(r"[a-z]+\.[a-z]+")
# Where a number of the details has a page, and the permission to open it.
PAGES = {
    "approval": ("desk:approval", "core.view_approval"),
    "booking": ("admin:bookings_booking_change", "bookings.view_booking"),
    "bookings": ("admin:bookings_booking_change", "bookings.view_booking"),
}


@dataclass(frozen=True)
class Words:
    """A few words, with the address of their page; empty where the reader has none."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Detail:
    """One detail: what it is, and its value or values."""

    label: str
    values: list[Words]

    @property
    def text(self) -> str:
        """The values as one text."""
        return listing.join_names(one.text for one in self.values)


@dataclass(frozen=True)
class ShownRecord:
    """A record in words; ``at`` is in Japan's time wherever it is shown."""

    number: int
    at: datetime
    who: str
    where: str
    on_machine: bool
    action: str
    subject: Words
    details: list[Detail]


class Describer:
    """Puts records in words for one reader; the names of campaigns are read once."""

    def __init__(self, reader: User) -> None:
        self.reader = reader
        versions = Terms.objects.select_related("campaign").only(
            "name_ja", "name_en", "version", "published_at", "campaign__code"
        )
        self.names: dict[str, str] = {}
        self.linked: set[str] = set()
        opens_figures = reader.has_perm(bundle.PERMISSION)
        for one in versions.order_by("version"):
            self.names[one.campaign.code] = name_of(one)
            if one.published_at and opens_figures:
                self.linked.add(one.campaign.code)

    def describe(self, record: AuditRecord) -> ShownRecord:
        """Return a record in words."""
        return ShownRecord(
            number=record.pk,
            at=record.at,
            who=who_acted(record),
            where=where_acted(record),
            on_machine=bool(record.os_user),
            action=action_names.name_of(record.action),
            subject=self.subject(record),
            details=[
                self.detail(name, value)
                for name, value in record.detail.items()
                if value is not None and value != [] and name not in NOT_SHOWN
            ],
        )

    def subject(self, record: AuditRecord) -> Words:
        """Return what a record is about."""
        if record.action.startswith("approval."):
            approved, _space, about = record.subject.partition(" ")
            sentence = pgettext("subject of an approval", "%(action)s: %(subject)s")
            named = {"action": name_of_action(approved), "subject": self.approved(approved, about)}
            return Words(sentence % named)
        if MODEL.fullmatch(record.subject):
            return Words(name_of_model(record.subject))
        if record.action == "quarantine.dismiss":
            words = {"number": record.subject}
            return Words(pgettext("subject", "row in quarantine no. %(number)s") % words)
        if record.action == "page.refused":
            return Words(name_of_page(record.subject))
        return self.named(record.subject)

    def approved(self, action: str, subject: str) -> str:
        """Return what an approval is about; not every number behind a code is a draw's."""
        if action == RESOLVE:
            code, _slash, number = subject.rpartition("/")
            sentence = pgettext("subject", "%(campaign)s, resolution no. %(number)s")
            return sentence % {"campaign": self.named(code).text, "number": number}
        if action == REVERSE:
            return pgettext("subject", "movement of points no. %(number)s") % {"number": subject}
        return self.named(subject).text

    def named(self, subject: str) -> Words:
        """Return a subject by its campaign's name, and as it is where it has none."""
        if subject in SUBJECTS:
            return Words(str(SUBJECTS[subject]))
        if match := OF_A_PERSON.fullmatch(subject):
            kind, number = match.groups()
            return Words(f"{PEOPLE[kind]} {number}")
        code, slash, sequence = subject.partition("/")
        if code not in self.names:
            return Words(subject)
        name = self.names[code]
        if slash and sequence.isdecimal():
            name = draw_in_words(name, sequence)
        is_linked = code in self.linked
        return Words(name, reverse("desk:announcement", args=[code]) if is_linked else "")

    def detail(self, name: str, value: Any) -> Detail:
        """Return one detail in words."""
        return Detail(str(DETAILS.get(name, name)), list(self.values(name, value)))

    def values(self, name: str, value: Any) -> Iterable[Words]:
        """Yield the values of a detail."""
        if isinstance(value, Mapping):
            for key, one in value.items():
                yield Words(f"{name_of_key(key)} {in_words(name, one)}")
        elif isinstance(value, list):
            for one in value[:MAX_LISTED]:
                yield Words(in_words(name, one), self.page_of(name, one))
            if len(value) > MAX_LISTED:
                more = {"count": formats.grouped(len(value) - MAX_LISTED)}
                yield Words(_("and %(count)s more") % more)
        else:
            yield Words(in_words(name, value), self.page_of(name, value))

    def page_of(self, name: str, value: Any) -> str:
        """Return the address of the page of a number, where the reader may open it."""
        page, permission = PAGES.get(name, ("", ""))
        if not page or isinstance(value, bool) or not isinstance(value, int):
            return ""
        try:
            return reverse(page, args=[value]) if self.reader.has_perm(permission) else ""
        except NoReverseMatch:
            return ""


def name_of_draw(draw: Draw) -> str:
    """Return the name of a draw, by its campaign's."""
    return draw_in_words(name_of(draw.terms), str(draw.sequence))


def draw_in_words(campaign: str, number: str) -> str:
    """Return the name of a draw of a campaign."""
    sentence = pgettext("subject", "%(campaign)s, draw no. %(number)s")
    return sentence % {"campaign": campaign, "number": number}


def who_acted(record: AuditRecord) -> str:
    """Return the person who acted; on the server or before a sign-in there may be none."""
    if record.name:
        return record.name
    if record.os_user:
        return pgettext("who acted", "on the server, without an account")
    return pgettext("who acted", "before the sign-in")


def where_acted(record: AuditRecord) -> str:
    """Return where it was done: in the browser, or on which machine, with its user."""
    if not record.os_user:
        return pgettext("where it was done", "browser")
    return f"{record.os_user}@{record.host}"


def in_words(name: str, value: Any) -> str:
    """Return one value of a detail in words."""
    if isinstance(value, bool):
        return pgettext("detail", "yes") if value else pgettext("detail", "no")
    if isinstance(value, int):
        return formats.grouped(value) if name not in PAGES else str(value)
    if isinstance(value, Mapping | list):
        return str(value)
    text = str(value)
    if (name, text) in VALUES:
        return str(VALUES[name, text])
    if name == "changed":
        return name_of_term(text)
    is_hash = len(text) == HASH_LENGTH and set(text) <= set("0123456789abcdef")
    return f"{text[:SHORT_HASH]}…" if is_hash else text


def name_of_term(key: str) -> str:
    """Return the name of what a draft says under this name."""
    if key in CHANGED:
        return str(CHANGED[key])
    try:
        return str(Terms._meta.get_field(key).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return key


def name_of_key(key: str) -> str:
    """Return the name of a table, or of a detail inside a detail."""
    return str(DETAILS[key]) if key in DETAILS else name_of_table(key)


def name_of_table(table: str) -> str:
    """Return the name of a table's rows; the table's own name where it has no model."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return str(model._meta.verbose_name_plural)
    return table


def name_of_model(label: str) -> str:
    """Return the name of a model's rows, by its label such as ``bookings.booking``."""
    try:
        return str(apps.get_model(label)._meta.verbose_name_plural)
    except (LookupError, ValueError):
        return label


# Pages of the desk that are refused to some, by the names of their views.
VIEWS: dict[str, "StrPromise"] = {
    "member": pgettext_lazy("page", "Member"),
    "case": pgettext_lazy("page", "Member"),
    "case_identity": pgettext_lazy("page", "Check of identity"),
    "case_note": pgettext_lazy("page", "Note on a member"),
    "case_receipt": pgettext_lazy("page", "Receipt of a member"),
    "confirm_approval": pgettext_lazy("page", "Confirmation of an approval"),
    "refuse_approval": pgettext_lazy("page", "Refusal of a request"),
    "verify_approval": pgettext_lazy("page", "Check of a draw"),
    "new_campaign": pgettext_lazy("page", "New campaign"),
    "copy_campaign": pgettext_lazy("page", "Copy of a campaign"),
    "campaign_step": pgettext_lazy("page", "Editing a draft"),
    "campaign_law": pgettext_lazy("page", "Prize law"),
    "discard_draft": pgettext_lazy("page", "Discarding changes"),
    "expectations": pgettext_lazy("page", "Expected feeds"),
    "step": pgettext_lazy("page", "Step of a campaign"),
    "keys": pgettext_lazy("page", "Keys"),
    "resolve_key": pgettext_lazy("page", "Resolving a key"),
    "replay": pgettext_lazy("page", "Replaying the quarantine"),
    "operations": pgettext_lazy("page", "Operations"),
    "feeds": pgettext_lazy("page", "Feeds"),
    "quarantine": pgettext_lazy("page", "Rows in quarantine"),
    "announcement": pgettext_lazy("page", "Figures"),
    "audit_verify": pgettext_lazy("page", "Check of the audit"),
    "sessions": pgettext_lazy("page", "Sign-ins of a person"),
    "end_session": pgettext_lazy("page", "Ending a sign-in"),
    "autocomplete": pgettext_lazy("page", "Suggestions"),
}


def name_of_page(view_name: str) -> str:
    """Return the name of a staff page by the name of its view."""
    space, _colon, name = view_name.partition(":")
    if space == "admin":
        app, _underline, rest = name.partition("_")
        model, _underline, _kind = rest.partition("_")
        return name_of_model(f"{app}.{model}") if model else str(VIEWS.get(name, name))
    return str(VIEWS.get(name, name or view_name))
