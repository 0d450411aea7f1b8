"""What the numbers and lists of terms must hold, whoever writes them."""

from datetime import UTC, date, datetime

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Mod

from bookings.enumerations import MemberKind

LARGEST_EXACT = 2**53 - 1  # whole numbers up to here are the same in every JSON reader


class IsSortedSet(Func):
    """Whether an array is sorted as bytes and names nothing twice."""

    function = "campaign_is_sorted_set"
    output_field = models.BooleanField()


class EpochSeconds(Func):
    """Unix seconds of an instant, with their fraction."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = models.DecimalField()


class JapaneseDay(Func):
    """The day of an instant in Japan's calendar."""

    template = "(%(expressions)s AT TIME ZONE 'Asia/Tokyo')::date"
    output_field = models.DateField()


def whole_second(*fields: str) -> Q:
    """Say that these instants have no fraction of a second: the manifest counts in seconds."""
    condition = Q()
    for field in fields:
        condition &= Q(models.lookups.Exact(Mod(EpochSeconds(F(field)), 1), 0))
    return condition


# Beyond, programs disagree about what an instant is; the other rules hold what stands between.
FROM_2000_TO_2099 = Q(
    public_at__gte=datetime(1999, 12, 31, 15, tzinfo=UTC),  # Japan is nine hours ahead
    travel_first__gte=date(2000, 1, 1),
    expires_on__lte=date(2099, 12, 31),
)
# The operator is printed in the draw's terms.json, whose strings are ASCII: a name that is not
# would be found out by the freeze, when nothing can be changed any more.
TERMS_RULES: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(version__gte=1), name="terms_version_from_1"),
    models.CheckConstraint(
        condition=~Q(name_ja="") & ~Q(name_en="") & ~Q(operator=""),
        name="terms_names_not_empty",
    ),
    models.CheckConstraint(
        condition=Q(operator__regex=r"^[ -~]*$"), name="terms_operator_is_ascii"
    ),
    models.CheckConstraint(condition=FROM_2000_TO_2099, name="terms_dates_from_2000_to_2099"),
    models.CheckConstraint(
        condition=Q(public_at__lte=F("opens_at")), name="terms_public_before_entry"
    ),
    models.CheckConstraint(
        condition=Q(opens_at__lt=F("closes_at")), name="terms_entry_opens_before_closing"
    ),
    models.CheckConstraint(
        condition=Q(travel_first__lte=F("travel_last")), name="terms_travel_dates_in_order"
    ),
    models.CheckConstraint(
        condition=Q(credit_at__gte=F("closes_at")), name="terms_credit_after_entry"
    ),
    models.CheckConstraint(
        condition=Q(travel_last__lt=JapaneseDay("credit_at")),
        name="terms_credit_after_travel",
    ),
    models.CheckConstraint(
        condition=Q(expires_on__gt=JapaneseDay("credit_at")),
        name="terms_expiry_after_credit",
    ),
    models.CheckConstraint(
        condition=whole_second("public_at", "opens_at", "closes_at", "credit_at"),
        name="terms_instants_whole_seconds",
    ),
    models.CheckConstraint(
        condition=Q(minimum_total_yen__range=(1, LARGEST_EXACT)), name="terms_minimum_in_range"
    ),
    models.CheckConstraint(
        condition=Q(reward_cap_points__range=(1, LARGEST_EXACT)), name="terms_cap_in_range"
    ),
    models.CheckConstraint(
        condition=Q(budget_points__range=(1, LARGEST_EXACT)), name="terms_budget_in_range"
    ),
    models.CheckConstraint(
        condition=Q(expected_sales_yen__range=(1, LARGEST_EXACT)),
        name="terms_sales_in_range",
    ),
    models.CheckConstraint(condition=Q(policy__in=["stop", "partial"]), name="terms_policy_known"),
    models.CheckConstraint(condition=Q(time_zone="Asia/Tokyo"), name="terms_time_zone_is_japan"),
    models.CheckConstraint(
        condition=Q(
            kinds_excluded__contained_by=MemberKind.values,
            kinds_registered__contained_by=MemberKind.values,
            kinds_free__contained_by=MemberKind.values,
        ),
        name="terms_kinds_known",
    ),
    models.CheckConstraint(
        condition=~Q(kinds_excluded__overlap=F("kinds_registered"))
        & ~Q(kinds_excluded__overlap=F("kinds_free"))
        & ~Q(kinds_registered__overlap=F("kinds_free")),
        name="terms_kinds_on_one_list",
    ),
    models.CheckConstraint(
        condition=Q(IsSortedSet("kinds_excluded"))
        & Q(IsSortedSet("kinds_registered"))
        & Q(IsSortedSet("kinds_free")),
        name="terms_kinds_sorted_once",
    ),
]
