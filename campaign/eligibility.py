"""Which bookings count and what they come to, asked of Postgres through the rules."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, Func, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from bookings.models import Booking, ExRegistration
from campaign.models import Terms
from campaign.rules import (
    RULE_CODES,
    RULES,
    Rule,
    any_rejects,
    final_rules,
    is_pending,
    waiting_rules,
)

Texts = list[str] | Subquery  # a few of them, or the query of an array
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
    """Return what each member's bookings come to: member, total_yen, bookings, awaiting_yen.

    A member without a booking that counts or waits has no row.
    Source: the terms, "The member of a booking" and "Rules of a booking".
    """
    counts = ~any_rejects(terms, waiting_rules())
    considered = bookings.filter(~any_rejects(terms, final_rules()))
    return (
        considered.annotate(member=MEMBER)
        .values("member")
        .annotate(
            sum_yen=Coalesce(Sum("amount_yen", filter=counts), 0),
            counting=Count("id", filter=counts),
            waiting_yen=Coalesce(Sum("amount_yen", filter=~counts), 0),
        )
        .order_by()
    )


def with_reasons(terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Any, Any]:
    """Add ``reasons`` to bookings: the code of every rule that rejects, in the rules' order."""
    codes = (Case(When(rule.rejects(terms), then=Value(rule.code))) for rule in RULES)
    return bookings.annotate(reasons=WithoutNulls(ArrayOf(*codes)))


def of_members(wester_ids: Texts) -> QuerySet[Booking]:
    """Return the bookings of members: e5489's by WESTER ID, EX's by their registration.

    As arrays, so that two indexes of bookings answer; a condition over both tables has none.
    """
    linked = ExRegistration.objects.filter(one_of("wester_id", wester_ids)).values("ex_member_no")
    return Booking.objects.filter(
        Q(one_of("wester_id", wester_ids)) | Q(OneOf("ex_member_no", ArraySubquery(linked)))
    )


def one_of(column: str, texts: Texts) -> "OneOf":
    """Return the condition that a column holds one of some texts."""
    array = Value(texts) if isinstance(texts, list) else texts
    return OneOf(column, Cast(array, ArrayField(models.TextField())))


class OneOf(Func):
    """Whether a text is an element of an array: one parameter, however many there are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


def rejected_by(rule: Rule, terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Return those bookings that a rule rejects, whatever else does."""
    return bookings.filter(rule.rejects(terms))


def counting(terms: Terms, bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Return those bookings that no rule rejects."""
    return bookings.filter(~any_rejects(terms))


def reason_counts(terms: Terms) -> dict[str, dict[str, int]]:
    """Return how many bookings, and their yen, each rule rejects, how many wait, how many count.

    A booking appears under each rule that rejects it. One pass over the bookings, by their sets
    of reasons: there are far fewer of these.
    """
    groups = (
        with_reasons(terms, Booking.objects.all())
        .values("reasons")
        .annotate(bookings=Count("id"), yen=Sum("amount_yen"))
        .order_by()
    )
    counts = {code: {"bookings": 0, "yen": 0} for code in (*RULE_CODES, "pending", "counts")}
    for group in groups:
        for code in headings(group["reasons"]):
            counts[code]["bookings"] += group["bookings"]
            counts[code]["yen"] += group["yen"]
    return counts


def headings(reasons: list[str]) -> list[str]:
    """Return under what a booking with these reasons is counted."""
    if not reasons:
        return ["counts"]
    return [*reasons, "pending"] if is_pending(reasons) else reasons
