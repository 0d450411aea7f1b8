"""Check by what a campaign file says that its terms make sense and keep the law.

Everything here is computed from the file, and from what is known of the rail network and of other
campaigns, which the caller gives. Source: docs/specs/campaigns.md 7.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bookings.enumerations import (
    BookingService,
    MemberKind,
    PaymentMethod,
    ProductKind,
    SalesChannel,
)
from campaign.facts import TICKETLESS
from campaign.file_form import TRANSLATED
from campaign.findings import Finding
from campaign.law import check_law, plan_at_its_largest, winners_at_their_largest
from campaign.plan import PERCENT, Plan, Pool, Spent, When
from campaign.termsfile import CampaignFile
from core.clock import JAPAN

KIND_LISTS = ("kinds_excluded", "kinds_registered", "kinds_free")
# The drawings of the campaign page that ship (templates/portal).
DRAWINGS = ("plain", "new_year", "rain", "snow")
MAY_BE_EMPTY = {"slogan"}


@dataclass(frozen=True)
class OtherCampaign:
    """Another campaign: its code, its travel periods, and its prizes at their largest."""

    code: str
    travel: Sequence[Mapping[str, str]]
    points: int


@dataclass(frozen=True)
class RuleSentences:
    """A rule of bookings: its code, its place in the file, what members read by language."""

    code: str
    place: str
    sentences: Mapping[str, str]


@dataclass(frozen=True)
class Surroundings:
    """What terms are checked against.

    ``lines`` has, for each line or train of the network, who runs sections of it.
    """

    lines: Mapping[str, Collection[str]]
    others: Sequence[OtherCampaign] = field(default_factory=tuple)


def check_file(file: CampaignFile, around: Surroundings) -> list[Finding]:
    """Return what is wrong with a campaign's terms, and what is worth a look; empty where nothing.

    Source: docs/specs/campaigns.md 7, 8.
    """
    terms, plan = file.terms, file.plan
    return [
        *check_periods(terms),
        *check_kinds(terms),
        *check_known_words(terms),
        *check_network(terms, around.lines),
        *check_facts(terms, plan),
        *check_entry(terms),
        *check_prizes(plan),
        *check_hidden(plan),
        *check_texts(file),
        *check_law(plan, expected_sales_yen=terms["expected_sales_yen"]),
        *check_others(file, around.others),
    ]


def check_periods(terms: Mapping[str, Any], missing: Collection[str] = ()) -> Iterator[Finding]:
    """Yield the instants and days that are out of order.

    Args: ``missing``: names of what is not given yet; nothing is compared with it.
    """
    credited_on = terms["credit_at"].astimezone(JAPAN).date()
    judged = [
        (
            terms["public_at"] > terms["opens_at"],
            ("public_at", "opens_at"),
            ("public_at", _("The page must be public when entry opens, or before.")),
        ),
        (
            terms["opens_at"] >= terms["closes_at"],
            ("opens_at", "closes_at"),
            ("closes_at", _("Entry must open before it closes.")),
        ),
        (
            terms["closes_at"] > terms["credit_at"],
            ("closes_at", "credit_at"),
            ("credit_at", _("Points cannot be credited before entry closes.")),
        ),
        (
            credited_on > terms["expires_on"],
            ("credit_at", "expires_on"),
            ("expires_on", _("Points cannot expire before the day on which they are credited.")),
        ),
        (
            terms["expires_on"] > terms["kept_until"],
            ("expires_on", "kept_until"),
            ("kept_until", _("Data must be kept until the points expire, or longer.")),
        ),
    ]
    for applies, compared, (place, sentence) in judged:
        if applies and not set(compared).intersection(missing):
            yield Finding("periods_out_of_order", place, sentence)
    is_dated = "credit_at" not in missing
    if "travel" not in missing:
        yield from check_travel(terms["travel"], credited_on.isoformat() if is_dated else None)
    yield from check_booked(terms, is_dated=is_dated)


def check_travel(travel: Sequence[Mapping[str, str]], credited_on: str | None) -> Iterator[Finding]:
    """Yield the travel periods that are out of order; days are compared as they are written."""
    for number, period in enumerate(travel):
        place = f"bookings.travel[{number}]"
        if period["first"] > period["last"]:
            sentence = _("The first day must not be after the last.")
            yield Finding("periods_out_of_order", place, sentence)
        if number and period["first"] <= travel[number - 1]["last"]:
            sentence = _("A travel period must begin after the one before it has ended.")
            yield Finding("periods_out_of_order", place, sentence)
    if credited_on and max(period["last"] for period in travel) >= credited_on:
        sentence = _("Points can be credited only on a day after the last travel day.")
        yield Finding("periods_out_of_order", "credit_at", sentence)


def check_booked(terms: Mapping[str, Any], *, is_dated: bool) -> Iterator[Finding]:
    """Yield where the period of booking is out of order."""
    if terms["booked_from"] is None:
        return
    if terms["booked_from"] >= terms["booked_until"]:
        sentence = _("The period of booking must end after it begins.")
        yield Finding("periods_out_of_order", "bookings.booked.until", sentence)
    if is_dated and terms["booked_until"] > terms["credit_at"]:
        sentence = _("Points cannot be credited before the period of booking ends.")
        yield Finding("periods_out_of_order", "credit_at", sentence)


def check_kinds(terms: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the member kinds that stand on two lists."""
    seen: dict[str, str] = {}
    for name in KIND_LISTS:
        for kind in terms[name]:
            first = seen.setdefault(kind, name)
            if first != name:
                sentence = _("%(kind)s stands in %(list)s too; a member kind has one list.")
                words = {"kind": kind, "list": first}
                yield Finding("kind_on_two_lists", f"bookings.{name}", sentence % words)


def check_known_words(terms: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the services, kinds, channels and payment methods that no booking has."""
    services = BookingService.values
    for number, touch in enumerate(terms["touches"]):
        place = f"bookings.touches[{number}].services"
        yield from unknown("unknown_service", place, touch["services"], services)
    methods = terms["payment_methods"]
    yield from unknown("unknown_service", "bookings.payment_methods", methods, services)
    for service, names in methods.items():
        place = f"bookings.payment_methods.{service}"
        yield from unknown("unknown_payment_method", place, names, PaymentMethod.values)
    products = terms["products_excluded"]
    yield from unknown(
        "unknown_product", "bookings.products_excluded", products, ProductKind.values
    )
    channels = terms["channels_excluded"]
    yield from unknown(
        "unknown_channel", "bookings.channels_excluded", channels, SalesChannel.values
    )
    for name in KIND_LISTS:
        yield from unknown("unknown_kind", f"bookings.{name}", terms[name], MemberKind.values)


def unknown(
    code: str, place: str, names: Collection[str], known: Collection[str]
) -> Iterator[Finding]:
    """Yield each name that is not known."""
    for name in names:
        if name not in known:
            sentence = _("%(name)s is not known here; known are: %(known)s.")
            words = {"name": name, "known": ", ".join(sorted(known)) or _("none")}
            yield Finding(code, place, sentence % words)


def check_network(
    terms: Mapping[str, Any], lines: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Yield the operators and lines that the rail network has not, so that no journey can fit."""
    operators = {operator for running in lines.values() for operator in running}
    for number, touch in enumerate(terms["touches"]):
        place, operator = f"bookings.touches[{number}]", touch["operator"]
        yield from unknown("unknown_operator", f"{place}.operator", [operator], operators)
        for line in touch["lines"] or ():
            if line not in lines:
                sentence = _("%(name)s is no line or train of the rail network.")
                yield Finding("unknown_line", f"{place}.lines", sentence % {"name": line})
            elif operator in operators and operator not in lines[line]:
                sentence = _("%(operator)s runs no section of %(name)s, so it fits no journey.")
                words = {"operator": operator, "name": line}
                yield Finding("line_of_others", f"{place}.lines", sentence % words, refuses=False)


def check_facts(terms: Mapping[str, Any], plan: Plan) -> Iterator[Finding]:
    """Yield the facts that no booking of this campaign can give."""
    given = {service for touch in terms["touches"] for service in touch["services"]}
    given = (given & set(BookingService.values)) | {TICKETLESS}
    for place, items in whens_by_place(plan).items():
        for number, item in enumerate(items):
            for fact in sorted(item.facts - given):
                sentence = _("No booking here can give %(fact)s; facts are: %(known)s.")
                words = {"fact": fact, "known": ", ".join(sorted(given))}
                yield Finding("impossible_fact", f"{place}[{number}].when", sentence % words)


def whens_by_place(plan: Plan) -> dict[str, tuple[When, ...]]:
    """Return the lists of values that depend on facts, by their places in the file."""
    caps = {
        f"prizes[{prize.number - 1}].reward.cap_if": prize.reward.cap_if
        for prize in plan.prizes
        if isinstance(prize.reward, Spent)
    }
    return {"lots.times": plan.lots.times, **caps}


def check_hidden(plan: Plan) -> Iterator[Finding]:
    """Yield the items that never apply, as an earlier one fits whenever they do."""
    for place, items in whens_by_place(plan).items():
        for number, item in enumerate(items):
            for earlier in range(number):
                if items[earlier].facts <= item.facts:
                    sentence = _("This never applies: %(earlier)s fits first.")
                    words = {"earlier": f"{place}[{earlier}]"}
                    hidden = f"{place}[{number}].when"
                    yield Finding("hidden_when", hidden, sentence % words, refuses=False)
                    break


def check_entry(terms: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what a campaign without entries cannot have."""
    if terms["entry_needed"]:
        return
    if terms["series_course"] is not None:
        sentence = _("A course of a series is chosen by entering, so entry must be needed.")
        yield Finding("entry_for_a_course", "entry_needed", sentence)
    if terms["series_carried"]:
        sentence = _("Where entries of the series are carried over, entry must be needed.")
        yield Finding("entry_to_carry", "entry_needed", sentence)


def check_prizes(plan: Plan) -> Iterator[Finding]:
    """Yield the prizes that nobody could win as they are written, or that the budget cannot pay."""
    for prize in plan.prizes:
        place, reward = f"prizes[{prize.number - 1}]", prize.reward
        minimum = plan.minimum_of(prize)
        if minimum < plan.minimum_total_yen:
            sentence = _("A prize's minimum must not be below the campaign's, %(limit)s yen.")
            words = {"limit": f"{plan.minimum_total_yen:,}"}
            yield Finding("minimum_below_campaign", f"{place}.minimum_total_yen", sentence % words)
        if isinstance(reward, Spent) and minimum * reward.percent < PERCENT:
            sentence = _("At the minimum of %(minimum)s yen this comes to 0 points.")
            words = {"minimum": f"{minimum:,}"}
            yield Finding("reward_of_nothing", f"{place}.reward.percent", sentence % words)
        if isinstance(reward, Pool) and reward.points > plan.budget_points:
            sentence = _("The pool is above the budget of %(budget)s points.")
            words = {"budget": f"{plan.budget_points:,}"}
            yield Finding("pool_above_budget", f"{place}.reward.points", sentence % words)
    largest = winners_at_their_largest(plan)
    if largest > plan.budget_points:
        sentence = _(
            "All winners at their largest reward come to %(points)s points, more than the budget: "
            "it may end before the prizes do."
        )
        words = {"points": f"{largest:,}"}
        yield Finding("budget_may_end", "budget_points", sentence % words, refuses=False)


def check_texts(file: CampaignFile) -> Iterator[Finding]:
    """Yield the texts that are missing in a language, and a drawing that does not ship."""
    terms = file.terms
    texts = terms["texts"]
    translated = {
        "name": {"ja": terms["name_ja"], "en": terms["name_en"]},
        **{
            f"prizes[{number}].name": {"ja": prize["name_ja"], "en": prize["name_en"]}
            for number, prize in enumerate(file.prizes)
        },
        **{f"texts.{name}": texts[name] for name in TRANSLATED if name not in MAY_BE_EMPTY},
        **{f"texts.notes[{number}]": note for number, note in enumerate(texts["notes"])},
    }
    languages = {
        "ja": pgettext("a language", "Japanese"),
        "en": pgettext("a language", "English"),
    }
    for place, text in translated.items():
        for language, called in languages.items():
            if not text[language].strip():
                sentence = _("The text is missing in %(language)s.") % {"language": called}
                yield Finding("text_missing", f"{place}.{language}", sentence)
    plain = {
        "texts.contact_telephone": texts["contact_telephone"],
        "expected_sales_basis": terms["expected_sales_basis"],
    }
    for place, words in plain.items():
        if not words.strip():
            yield Finding("text_missing", place, _("The text is missing."))
    yield from unknown("unknown_drawing", "texts.drawing", [texts["drawing"]], DRAWINGS)


def check_others(file: CampaignFile, others: Sequence[OtherCampaign]) -> Iterator[Finding]:
    """Yield the campaigns with travel days of this one, for prizes tied to one purchase add up."""
    own = plan_at_its_largest(file.plan)
    for other in others:
        if travel_overlaps(file.terms["travel"], other.travel):
            sentence = _(
                "Campaign %(code)s has travel days of this one; with its %(points)s points the "
                "prizes come to %(sum)s points, which add up for one purchase."
            )
            words = {
                "code": other.code,
                "points": f"{other.points:,}",
                "sum": f"{own + other.points:,}",
            }
            yield Finding("travel_overlaps", "bookings.travel", sentence % words, refuses=False)


def travel_overlaps(one: Sequence[Mapping[str, str]], other: Sequence[Mapping[str, str]]) -> bool:
    """Return whether two lists of periods share a day."""
    return any(
        mine["first"] <= theirs["last"] and theirs["first"] <= mine["last"]
        for mine in one
        for theirs in other
    )


def check_rule_sentences(rules: Iterable[RuleSentences]) -> Iterator[Finding]:
    """Yield the rules of the campaign that have no sentence in a language of the pages."""
    for rule in rules:
        for language, text in rule.sentences.items():
            if not text.strip():
                sentence = _("The rule %(code)s has no sentence in this language (%(language)s).")
                words = {"code": rule.code, "language": language}
                yield Finding("rule_without_sentence", rule.place, sentence % words)
