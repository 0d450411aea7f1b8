"""The terms of a campaign: its numbers, lists and texts, one row a version.

Its prizes are rows of their own (campaign/models/prizes.py). Its triggers are in
campaign/sql/terms_triggers.sql; the functions of its constraints in campaign/sql/is_sorted_set.sql
and campaign/sql/fits.sql. A draft may mean something wrong, which ``campaign check`` says; only its
form is held by the database. What is published holds both.
"""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, JSONField, Q, Value
from django.db.models.fields.json import ContainedBy
from django.db.models.functions import Mod
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bookings.enumerations import (
    BookingService,
    MemberKind,
    PaymentMethod,
    ProductKind,
    SalesChannel,
)
from campaign.facts import TICKETLESS
from campaign.file_form import MAX_LOTS
from campaign.file_values import MAX_NUMBER
from campaign.models.campaigns import IDENTIFIER, Campaign
from campaign.plan import Plan
from campaign.termsfile import plan_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DRAFT = Q(published_at__isnull=True, published_by__isnull=True)
PUBLISHED = Q(published_at__isnull=False, published_by__isnull=False)
# Beyond, programs disagree about what an instant is.
FROM_2000_TO_2099 = Q(
    public_at__gte=datetime(1999, 12, 31, 15, tzinfo=UTC),  # Japan is nine hours ahead
    kept_until__lte=date(2099, 12, 31),
)


class BudgetEdge(models.TextChoices):
    """What happens where the budget ends."""

    STOP = "stop", _("stop")
    PARTIAL = "partial", _("partial")


class IsSortedSet(Func):
    """Whether an array is sorted as bytes and names nothing twice."""

    function = "campaign_is_sorted_set"
    output_field = models.BooleanField()


class Fits(Func):
    """Whether a value has the form that a function of campaign/sql/fits.sql asks for."""

    output_field = models.BooleanField()


class EpochSeconds(Func):
    """Unix seconds of an instant, with their fraction."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = models.DecimalField()


class JapaneseDay(Func):
    """The day of an instant in Japan's calendar."""

    template = "(%(expressions)s AT TIME ZONE 'Asia/Tokyo')::date"
    output_field = models.DateField()


class LastTravelDay(Func):
    """The last day of the last travel period."""

    function = "campaign_last_travel_day"
    output_field = models.DateField()


def json_value(value: Any) -> Value:
    """Return a value as JSON, for an expression."""
    return Value(value, output_field=JSONField())


def strings(field: str, path: str) -> Func:
    """Return the strings at a path inside a column of JSON, as a list of JSON."""
    return Func(field, Value(path), function="jsonb_path_query_array", output_field=JSONField())


def only(found: Func, known: Func | Value) -> Q:
    """Return the condition that a list of JSON has only items of another."""
    return Q(ContainedBy(found, known))


TOUCHED_SERVICES = strings("touches", "$[*].services[*]")
EVERY_PAYMENT_METHOD = {
    service: sorted(PaymentMethod.values) for service in sorted(BookingService.values)
}


def whole_second(*fields: str) -> Q:
    """Return the condition that these instants are whole seconds, as the manifest writes them."""
    condition = Q()
    for field in fields:
        condition &= Q(models.lookups.Exact(Mod(EpochSeconds(F(field)), 1), 0))
    return condition


def from_1(field: str) -> Q:
    """Return the condition that a number of yen or points is in the range of campaign files."""
    return Q(**{f"{field}__range": (1, MAX_NUMBER)})


def set_of(label: "StrPromise", choices: type[models.TextChoices]) -> "ArrayField[Any, Any]":
    """Return a column for a list of an enumeration's values."""
    return ArrayField(
        models.CharField(max_length=100, choices=choices),
        default=list,
        blank=True,
        verbose_name=label,
    )


def code(label: "StrPromise") -> "models.CharField[Any, Any]":
    """Return a column for a code that may be left out."""
    return models.CharField(label, max_length=40, null=True, blank=True, db_collation="C")


class Terms(models.Model):
    """One version of what a campaign promises; a published one never changes.

    Source: docs/specs/campaigns.md 1.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="terms", verbose_name=_("campaign")
    )
    version = models.PositiveSmallIntegerField(pgettext_lazy("of terms", "version"))
    series_code = code(_("series"))
    series_course = code(_("course in the series"))
    series_carried = models.BooleanField(
        _("entries to the series are carried over"),
        default=False,
        db_comment="An entry to another campaign of the same course is an entry to this one.",
    )
    name_ja = models.CharField(_("name in Japanese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    public_at = models.DateTimeField(_("page public from"))
    opens_at = models.DateTimeField(_("entry from"))
    closes_at = models.DateTimeField(_("entry until"), db_comment="Exclusive.")
    entry_needed = models.BooleanField(_("members must enter"), default=True)
    credit_at = models.DateTimeField(_("credited at"))
    expires_on = models.DateField(_("points expire on"), db_comment="The last day they are valid.")
    kept_until = models.DateField(
        _("data kept until"), db_comment="After it, what is kept of members may be erased."
    )
    time_zone = models.CharField(_("time zone"), max_length=100, default="Asia/Tokyo")

    touches = models.JSONField(
        _("sections that a journey must touch"),
        db_comment="As in a campaign file: services, operator and lines; one of them must fit.",
    )
    travel = models.JSONField(
        _("travel periods"), db_comment="As in a campaign file: first and last day, both included."
    )
    booked_from = models.DateTimeField(_("booked from"), null=True, blank=True)
    booked_until = models.DateTimeField(
        _("booked until"), null=True, blank=True, db_comment="Exclusive."
    )
    products_excluded = set_of(_("products left out"), ProductKind)
    channels_excluded = set_of(_("sales channels left out"), SalesChannel)
    payment_methods = models.JSONField(
        _("ways of paying"),
        default=dict,
        blank=True,
        db_comment="By service, those that count; any for a service that is not named.",
    )
    kinds_excluded = set_of(_("member kinds left out"), MemberKind)
    kinds_registered = set_of(_("member kinds that must register before booking"), MemberKind)
    kinds_free = set_of(_("member kinds that need no registration"), MemberKind)
    phone_changes_excluded = models.BooleanField(_("changes by telephone left out"), default=True)
    stopovers_excluded = models.BooleanField(_("broken journeys left out"), default=True)

    minimum_total_yen = models.BigIntegerField(_("minimum total (yen)"))
    lots_yen = models.BigIntegerField(
        _("yen for a lot"), null=True, blank=True, db_comment="Null: one lot for each entrant."
    )
    lots_most = models.PositiveIntegerField(_("most lots by yen"), default=1)
    lots_times = models.JSONField(
        _("lots multiplied"), default=list, blank=True, db_comment="As in a campaign file."
    )
    budget_points = models.BigIntegerField(_("total of all rewards (points)"))
    edge = models.CharField(_("where the budget ends"), max_length=7, choices=BudgetEdge)
    expected_sales_yen = models.BigIntegerField(
        _("expected sales (yen)"),
        db_comment="Of the campaign; the prize law takes its share of this.",
    )
    expected_sales_basis = models.TextField(_("basis of the expected sales"))
    texts = models.JSONField(
        _("texts of the pages"), db_comment="As in a campaign file, in both languages."
    )

    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("published by"),
    )

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        permissions = [("request_publication", "Can ask for terms to be published or revised")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="terms_one_per_version"),
            models.UniqueConstraint(
                fields=["campaign"], condition=DRAFT, name="terms_one_draft_per_campaign"
            ),
            models.CheckConstraint(condition=DRAFT | PUBLISHED, name="terms_draft_or_published"),
            models.CheckConstraint(condition=Q(version__gte=1), name="terms_version_from_1"),
            # The form, of drafts too
            models.CheckConstraint(
                condition=(Q(series_code__isnull=True) | Q(series_code__regex=IDENTIFIER))
                & (Q(series_course__isnull=True) | Q(series_course__regex=IDENTIFIER)),
                name="terms_series_codes_are_identifiers",
            ),
            models.CheckConstraint(
                condition=Q(series_code__isnull=False)
                | Q(series_course__isnull=True, series_carried=False),
                name="terms_course_of_a_series",
            ),
            models.CheckConstraint(
                condition=FROM_2000_TO_2099, name="terms_dates_from_2000_to_2099"
            ),
            models.CheckConstraint(
                condition=whole_second("public_at", "opens_at", "closes_at", "credit_at")
                & (Q(booked_from__isnull=True) | whole_second("booked_from", "booked_until")),
                name="terms_instants_whole_seconds",
            ),
            models.CheckConstraint(
                condition=Q(booked_from__isnull=True, booked_until__isnull=True)
                | Q(booked_from__isnull=False, booked_until__isnull=False),
                name="terms_booked_has_both_ends",
            ),
            models.CheckConstraint(
                condition=from_1("minimum_total_yen"), name="terms_minimum_in_range"
            ),
            models.CheckConstraint(condition=from_1("budget_points"), name="terms_budget_in_range"),
            models.CheckConstraint(
                condition=from_1("expected_sales_yen"), name="terms_sales_in_range"
            ),
            models.CheckConstraint(
                condition=Q(edge__in=BudgetEdge.values), name="terms_edge_known"
            ),
            models.CheckConstraint(
                condition=Q(time_zone="Asia/Tokyo"), name="terms_time_zone_is_japan"
            ),
            models.CheckConstraint(
                condition=Q(IsSortedSet("kinds_excluded"))
                & Q(IsSortedSet("kinds_registered"))
                & Q(IsSortedSet("kinds_free"))
                & Q(IsSortedSet("products_excluded"))
                & Q(IsSortedSet("channels_excluded")),
                name="terms_lists_sorted_once",
            ),
            models.CheckConstraint(
                condition=Q(Fits("touches", function="campaign_touches_fit")),
                name="terms_touches_fit",
            ),
            models.CheckConstraint(
                condition=Q(Fits("travel", function="campaign_travel_fits")),
                name="terms_travel_fits",
            ),
            models.CheckConstraint(
                condition=Q(Fits("payment_methods", function="campaign_payment_methods_fit")),
                name="terms_payment_methods_fit",
            ),
            models.CheckConstraint(
                condition=Q(Fits("texts", function="campaign_texts_fit")), name="terms_texts_fit"
            ),
            models.CheckConstraint(
                condition=Q(
                    Fits(
                        "lots_times",
                        Value("times"),
                        Value(2),
                        Value(MAX_LOTS),
                        function="campaign_whens_fit",
                    )
                ),
                name="terms_lots_times_fit",
            ),
            models.CheckConstraint(
                condition=Q(lots_yen__isnull=True, lots_most=1)
                | (Q(lots_yen__isnull=False) & from_1("lots_yen") & Q(lots_most__gte=1)),
                name="terms_lots_by_yen",
            ),
            models.CheckConstraint(
                condition=Q(
                    models.lookups.LessThanOrEqual(
                        F("lots_most")
                        * Func(
                            "lots_times",
                            function="campaign_greatest_times",
                            output_field=models.BigIntegerField(),
                        ),
                        MAX_LOTS,
                    )
                ),
                name="terms_lots_in_range",
            ),
            # The meaning, of what is published
            models.CheckConstraint(
                condition=DRAFT | (~Q(name_ja="") & ~Q(name_en="") & ~Q(expected_sales_basis="")),
                name="terms_names_not_empty",
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(Fits("texts", function="campaign_texts_given")),
                name="terms_texts_given",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | Q(
                    kinds_excluded__contained_by=MemberKind.values,
                    kinds_registered__contained_by=MemberKind.values,
                    kinds_free__contained_by=MemberKind.values,
                    products_excluded__contained_by=ProductKind.values,
                    channels_excluded__contained_by=SalesChannel.values,
                ),
                name="terms_lists_of_known_values",
            ),
            models.CheckConstraint(
                condition=DRAFT | only(TOUCHED_SERVICES, json_value(sorted(BookingService.values))),
                name="terms_services_known",
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(payment_methods__contained_by=EVERY_PAYMENT_METHOD),
                name="terms_payment_methods_known",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | only(
                    strings("lots_times", "$[*].when[*]"),
                    Func(
                        TOUCHED_SERVICES,
                        json_value([TICKETLESS]),
                        arg_joiner=" || ",
                        template="(%(expressions)s)",
                    ),
                ),
                name="terms_facts_known",
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(public_at__lte=F("opens_at")), name="terms_public_before_entry"
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(opens_at__lt=F("closes_at")),
                name="terms_entry_opens_before_closing",
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(Fits("travel", function="campaign_travel_in_order")),
                name="terms_travel_dates_in_order",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | Q(booked_from__isnull=True)
                | Q(booked_from__lt=F("booked_until")),
                name="terms_booked_in_order",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | (
                    Q(credit_at__gte=F("closes_at"))
                    & (Q(booked_until__isnull=True) | Q(credit_at__gte=F("booked_until")))
                ),
                name="terms_credit_after_entry",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | Q(models.lookups.LessThan(LastTravelDay("travel"), JapaneseDay("credit_at"))),
                name="terms_credit_after_travel",
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(expires_on__gte=JapaneseDay("credit_at")),
                name="terms_expiry_after_credit",
            ),
            models.CheckConstraint(
                condition=DRAFT | Q(kept_until__gte=F("expires_on")),
                name="terms_kept_until_expiry",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | (
                    ~Q(kinds_excluded__overlap=F("kinds_registered"))
                    & ~Q(kinds_excluded__overlap=F("kinds_free"))
                    & ~Q(kinds_registered__overlap=F("kinds_free"))
                ),
                name="terms_kinds_on_one_list",
            ),
            models.CheckConstraint(
                condition=DRAFT
                | Q(entry_needed=True)
                | Q(series_course__isnull=True, series_carried=False),
                name="terms_no_series_without_entry",
            ),
        ]

    def __str__(self) -> str:
        words = {"name": self.name, "version": self.version}
        if self.published_at is None:
            return pgettext("heading", "%(name)s, version %(version)s (draft)") % words
        return pgettext("heading", "%(name)s, version %(version)s") % words

    @property
    def name(self) -> str:
        """The campaign's name in the language of the page."""
        return self.name_ja if get_language() == "ja" else self.name_en

    @cached_property
    def plan(self) -> Plan:
        """Return the plan of prizes; of a draft as it was when it was first asked for."""
        prizes = sorted(self.prizes.all(), key=lambda prize: prize.number)
        return plan_of(vars(self), [vars(prize) for prize in prizes])

    @property
    def periods(self) -> list[tuple[date, date]]:
        """Return the travel periods: first and last day of each, both included."""
        return [
            (date.fromisoformat(period["first"]), date.fromisoformat(period["last"]))
            for period in self.travel
        ]
