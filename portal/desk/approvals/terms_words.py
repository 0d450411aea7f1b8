"""The terms of a campaign file in words, place by place, and the differences of two."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from bookings.enumerations import PaymentMethod, ProductKind, SalesChannel
from campaign.law import LawFigures, is_given_to_all
from campaign.models import Terms
from campaign.plan import Plan
from campaign.termsfile import CampaignFile, read_campaign_file
from portal import formats, listing, names, plan_words, service_words
from portal.announcement import JAPANESE, ShownPrize
from portal.desk.approvals.cards import (
    Change,
    Row,
    day,
    deadline,
    large_points,
    large_yen,
    moment,
    name_in,
    points,
    truth,
    yen,
)
from portal.revisions import prize_in_words, run_together

File = Mapping[str, Any]
TEXT_LABELS = {
    "heading": pgettext_lazy("text of a campaign", "Heading"),
    "slogan": pgettext_lazy("text of a campaign", "Slogan"),
    "overview": pgettext_lazy("text of a campaign", "Overview"),
    "products": pgettext_lazy("text of a campaign", "Products"),
    "rail_points_name": pgettext_lazy("text of a campaign", "Name of the tickets for points"),
    "registration_name": pgettext_lazy("text of a campaign", "Name of the registration"),
    "points_use": pgettext_lazy("text of a campaign", "What points are for"),
    "organiser": pgettext_lazy("text of a campaign", "Organiser"),
    "privacy": pgettext_lazy("text of a campaign", "Privacy notice"),
    "contact_name": pgettext_lazy("text of a campaign", "Whom to ask"),
    "contact_hours": pgettext_lazy("text of a campaign", "Hours"),
    "contact_telephone": pgettext_lazy("text of a campaign", "Telephone"),
    "notes": pgettext_lazy("text of a campaign", "Note"),
    "drawing": pgettext_lazy("text of a campaign", "Picture"),
}
NOTHING = pgettext_lazy("of a condition", "None")


def read_content(content: File) -> CampaignFile:
    """Return the campaign file that a request's content holds.

    Raises:
        BrokenCampaignFile: it was requested in another form.
    """
    file = {name: value for name, value in content.items() if name != "version"}
    return read_campaign_file(json.dumps(file).encode())


def terms_in_words(file: File, plan: Plan, *, expected_sales_yen: int) -> dict[str, Row]:
    """Return every place of a campaign file in words, in the order in which people read it."""
    to_all = is_given_to_all(plan, expected_sales_yen=expected_sales_yen)
    rows = [
        *of_names(file),
        *((name, Row(label(name), write(file[name]))) for name, write in SIMPLE.items()),
        ("series", Row(label("series_code"), series_in_words(file["series"]))),
        *of_bookings(file["bookings"]),
        ("lots", Row(str(pgettext("label", "Lots")), run_together(lots_in_words(plan)))),
        *of_prizes(file["prizes"], plan, to_all=to_all),
        ("edge", Row(label("edge"), plan_words.end_of_budget(plan))),
        *of_texts(file["texts"]),
    ]
    return dict(rows)


def differences(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """Return the places whose words differ, those that only one side has included."""
    return [
        Change(
            (after.get(place) or before[place]).label,
            before[place].value if place in before else "",
            after[place].value if place in after else "",
        )
        for place in {**after, **before}
        if before.get(place) != after.get(place)
    ]


def label(field: str) -> str:
    """Return the label of a column of the terms."""
    return capfirst(str(getattr(Terms, field).field.verbose_name))


SIMPLE: dict[str, Callable[[Any], str]] = {
    "public_at": moment,
    "opens_at": moment,
    "closes_at": deadline,
    "entry_needed": truth,
    "credit_at": moment,
    "expires_on": day,
    "kept_until": day,
    "minimum_total_yen": yen,
    "budget_points": large_points,
    "expected_sales_yen": yen,
    "expected_sales_basis": str,
}


def of_names(file: File) -> Iterator[tuple[str, Row]]:
    """Yield the campaign's name in both languages."""
    for code in ("ja", "en"):
        yield f"name.{code}", Row(label(f"name_{code}"), file["name"][code])


def series_in_words(series: File | None) -> str:
    """Return the series of a campaign by its codes."""
    if series is None:
        return str(NOTHING)
    words = listing.join_dotted([one for one in (series["code"], series["course"]) if one])
    if not series["carried"]:
        return words
    return _("%(series)s, entries are carried over") % {"series": words}


def of_bookings(bookings: File) -> Iterator[tuple[str, Row]]:
    """Yield which bookings count."""
    for number, touch in enumerate(bookings["touches"], 1):
        yield f"touches {number}", Row(label("touches"), touch_in_words(touch))
    read = date.fromisoformat
    periods = [(read(one["first"]), read(one["last"])) for one in bookings["travel"]]
    yield "travel", Row(label("travel"), formats.periods_in_words(periods))
    yield "booked", Row(_("Booking period"), booked_in_words(bookings["booked"]))
    for name, known in (
        ("products_excluded", dict(ProductKind.choices)),
        ("channels_excluded", dict(SalesChannel.choices)),
        *((f"kinds_{one}", names.MEMBER_KINDS) for one in ("excluded", "registered", "free")),
    ):
        yield name, Row(label(name), named(bookings[name], known))
    for service, methods in bookings["payment_methods"].items():
        ways = named(methods, dict(PaymentMethod.choices))
        of_service = f"{label('payment_methods')}: {service_words.service_name(service)}"
        yield f"payment_methods.{service}", Row(of_service, ways)
    for name in ("phone_changes_excluded", "stopovers_excluded"):
        yield name, Row(label(name), truth(bookings[name]))


def touch_in_words(touch: File) -> str:
    """Return an item of the sections that a journey must touch."""
    words = {
        "services": listing.join_names(service_words.service_names(touch["services"])),
        "operator": names.operator_name(touch["operator"]),
        "lines": listing.join_names(touch["lines"] or []),
    }
    if not touch["lines"]:
        return pgettext("sections", "%(services)s: all of %(operator)s") % words
    return pgettext("sections", "%(services)s: %(operator)s, %(lines)s") % words


def booked_in_words(booked: File | None) -> str:
    """Return the period in which a booking must be made."""
    if booked is None:
        return str(NOTHING)
    ends = {"first": moment(booked["from"]), "last": deadline(booked["until"])}
    return pgettext("a period", "%(first)s to %(last)s") % ends


def named(values: list[str], known: Mapping[str, object]) -> str:
    """Return the names of an enumeration's values."""
    return listing.join_names([known.get(one, one) for one in values]) or str(NOTHING)


def lots_in_words(plan: Plan) -> list[str]:
    """Return what gives lots."""
    one_each = _("Everybody who has met the conditions has one lot.")
    return plan_words.lots_in_words(plan) or [one_each]


def of_prizes(prizes: list[File], plan: Plan, *, to_all: bool) -> Iterator[tuple[str, Row]]:
    """Yield each prize in words, by its code."""
    for one, prize in zip(prizes, plan.prizes, strict=True):
        shown = ShownPrize(
            number=prize.number,
            code=prize.code,
            name=name_in(one["name"]),
            who=plan_words.who_wins(plan, prize, gives_to_all=to_all),
            what=plan_words.what_a_winner_gets(prize, plan.lots),
            notes=plan_words.notes_of_prize(plan, prize),
        )
        title = pgettext("of a campaign", "Prize %(number)s") % {"number": prize.number}
        yield f"prize {prize.code}", Row(title, prize_in_words(shown))


def of_texts(texts: File) -> Iterator[tuple[str, Row]]:
    """Yield the texts of the pages, each in each of its languages."""
    for name, text in texts.items():
        for number, one in enumerate(text if isinstance(text, list) else [text], 1):
            place = f"texts.{name} {number}"
            title = str(TEXT_LABELS.get(name, name))
            title = f"{title} {number}" if isinstance(text, list) else title
            if not isinstance(one, dict):
                yield place, Row(title, str(one))
                continue
            for code, words in one.items():
                yield f"{place}.{code}", Row(in_a_language(title, code), words)


def in_a_language(title: str, code: str) -> str:
    """Return the title of a text in one of both languages."""
    if code == JAPANESE:
        return _("%(text)s (Japanese)") % {"text": title}
    return _("%(text)s (English)") % {"text": title}


def law_in_words(figures: LawFigures, *, basis: str) -> list[Row]:
    """Return what the prize law asks for beside what the terms have."""
    values = {
        "share": figures.share_percent,
        "largest": large_points(figures.largest),
        "sales": large_yen(figures.expected_sales_yen),
        "limit": large_points(figures.limit),
    }
    total = (
        _("Everybody gets every prize: the limit of the total does not apply.")
        if figures.is_gift
        else _("%(largest)s, %(share)s%% of the expected sales of %(sales)s (at most %(limit)s)")
        % values
    )
    rows = [Row(pgettext("prize law", "All prizes"), total, holds=figures.holds)]
    for one in figures.prizes:
        if one.is_share:
            words = _("%(value)s%% of what was spent (at most %(limit)s%%)") % vars(one)
        else:
            both = {"value": points(one.value), "limit": points(one.limit)}
            words = _("%(value)s (at most %(limit)s)") % both
        title = pgettext("prize law", "Prize %(number)s, the largest") % {"number": one.number}
        if len(figures.prizes) == 1:
            title = pgettext("prize law", "The largest award")
        rows.append(Row(title, words, holds=one.holds))
    return [*rows, Row(pgettext("prize law", "Basis of the expected sales"), basis)]
