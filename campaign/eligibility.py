"""Which bookings count and what they come to, computed in Postgres from the rules."""

from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, F, Func, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce
from psycopg import sql

from bookings.models import Booking, ExRegistration
from campaign.facts import BITS, FACTS, TICKETLESS, booking_gives
from campaign.models import Terms
from campaign.rules import (
    Rule,
    any_rejects,
    final_rules,
    is_pending,
    rules_of,
    waiting_rules,
)
from core.sql_files import compose_sql

MEMBER = Coalesce("wester_id", "registration__wester_id")


class WithoutNulls(Func):
    """An array without its nulls."""

    template = "array_remove(%(expressions)s, NULL)"
    output_field = ArrayField(models.CharField())


class ArrayOf(Func):
    """An array of expressions."""

    template = "ARRAY[%(expressions)s]::varchar[]"
    output_field = ArrayField(models.CharField())


def totals(terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Any, Any]:
    """Return what each member's bookings come to: member, sum_yen, counting, waiting_yen, facts.

    A member without a booking that counts or waits has no row.
    Source: docs/specs/eligibility.md 1, 2; docs/specs/campaigns.md 2.
    """
    counts = ~any_rejects(terms, waiting_rules(terms))
    considered = bookings.filter(~any_rejects(terms, final_rules(terms)))
    return (
        considered.annotate(member=MEMBER)
        .values("member")
        .annotate(
            sum_yen=Coalesce(Sum("amount_yen", filter=counts), 0),
            counting=Count("id", filter=counts),
            waiting_yen=Sum("amount_yen") - F("sum_yen"),
            facts=Coalesce(BitOr(facts_of_booking(), filter=counts), 0),
        )
        .order_by()
    )


def facts_of_booking() -> Func:
    """Return the bits of the facts that a booking gives: its service, and a ticketless ride."""
    names = (fact for fact in FACTS if fact != TICKETLESS)
    services = (When(booking_gives(name), then=Value(BITS[name])) for name in names)
    ticketless = When(booking_gives(TICKETLESS), then=Value(BITS[TICKETLESS]))
    bits = (Case(*services, default=Value(0)), Case(ticketless, default=Value(0)))
    return Func(
        *bits, template="(%(expressions)s)", arg_joiner=" | ", output_field=models.IntegerField()
    )


def with_reasons(terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Any, Any]:
    """Add ``reasons`` to bookings: the code of every rule that rejects, in the rules' order."""
    codes = (Case(When(rule.rejects(terms), then=Value(rule.code))) for rule in rules_of(terms))
    return bookings.annotate(reasons=WithoutNulls(ArrayOf(*codes)))


def totals_of_members(terms: Terms, wester_ids: Subquery) -> tuple[str, tuple[Any, ...]]:
    """Return the query of these members' totals and its values; its columns are ``totals``'.

    A member's bookings are found in two ways: those of e5489 by WESTER ID, those of the EX service
    through the registrations, each of which is read once. No index serves a condition over both
    tables; and no booking has both (booking_holder_fits), so that the sums add up.

    Args: ``wester_ids``: the query of an array.
    """
    ways = ("wester_id", "registration__wester_id")
    found = (Booking.objects.filter(OneOf(way, as_texts(wester_ids))) for way in ways)
    parts = [totals(terms, bookings).query.sql_with_params() for bookings in found]
    by_login, by_registration = (sql.SQL(part) for part, _ in parts)
    added = compose_sql(
        "campaign", "add_up_totals", by_login=by_login, by_registration=by_registration
    )
    return added.as_string(), tuple(value for _, values in parts for value in values)


def of_member(wester_id: str) -> QuerySet[Booking]:
    """Return a member's bookings: e5489's by WESTER ID, EX's by their registration.

    By arrays, so that two indexes of bookings serve; a condition over both tables has none.
    """
    linked = ExRegistration.objects.filter(wester_id=wester_id).values("ex_member_no")
    return Booking.objects.filter(
        Q(wester_id=wester_id) | Q(OneOf("ex_member_no", as_texts(ArraySubquery(linked))))
    )


def as_texts(array: Subquery) -> Cast:
    """Cast to an array of the column's type, so that comparing uses the column's index."""
    return Cast(array, ArrayField(models.TextField()))


class OneOf(Func):
    """Whether a text is an element of an array: one parameter, however many there are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def rejected_by(rule: Rule, terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Return the bookings that a rule rejects, whether or not others do; none where it is not."""
    return bookings.filter(rule.rejects(terms)) if rule.exists(terms) else bookings.none()


def counting(terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Return the bookings that no rule rejects."""
    return bookings.filter(~any_rejects(terms, rules_of(terms)))


def reason_counts(
    terms: Terms, bookings: QuerySet[Booking] | None = None
) -> dict[str, dict[str, int]]:
    """Return how many bookings, and their yen, each rule rejects, how many wait, how many count.

    A booking appears under each rule that rejects it. One pass over the bookings, by their sets
    of reasons: there are far fewer of these.

    Args: ``bookings``: which ones; all where it is left out.
    """
    groups = (
        with_reasons(terms, Booking.objects.all() if bookings is None else bookings)
        .values("reasons")
        .annotate(bookings=Count("id"), yen=Sum("amount_yen"))
        .order_by()
    )
    codes = (*(rule.code for rule in rules_of(terms)), "pending", "counts")
    counts = {code: {"bookings": 0, "yen": 0} for code in codes}
    for group in groups:
        for code in headings(group["reasons"]):
            counts[code]["bookings"] += group["bookings"]
            counts[code]["yen"] += group["yen"]
    return counts


def headings(reasons: list[str]) -> list[str]:
    """Return the headings under which a booking with these reasons is counted."""
    if not reasons:
        return ["counts"]
    return [*reasons, "pending"] if is_pending(reasons) else reasons
