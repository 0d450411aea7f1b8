"""The admin page of bookings, with their events and their reasons under each campaign.

It stands here and not in ``bookings``, which knows no campaign and so no reasons.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bookings.models import Booking, BookingEvent
from bookings.words import EVENTS, PLACES, operator_name
from campaign import eligibility, queries
from campaign.admin.campaign_filter import (
    CampaignFilter,
    choice_hint,
    chosen_campaign,
    chosen_terms,
)
from campaign.reason_words import COUNTS, REASONS
from campaign.rules import RULES, rules_of
from core.admin_base import MembersAdmin, ModelAdmin
from core.coded import show_codes, yes_column

FLAGS = {
    name: yes_column(name, heading, yes)
    for name, heading, yes in (
        ("cancelled", gettext_lazy("cancelled"), pgettext_lazy("flag of a booking", "cancelled")),
        ("refunded", gettext_lazy("refunded"), pgettext_lazy("flag of a booking", "refunded")),
        ("stopover", gettext_lazy("stopover"), pgettext_lazy("flag of a booking", "broken off")),
        ("used", gettext_lazy("used"), pgettext_lazy("flag of a booking", "ridden")),
        (
            "changed_by_phone",
            gettext_lazy("changed by phone"),
            pgettext_lazy("flag of a booking", "changed"),
        ),
    )
}
EVENT_LINE = '<li title="{}">{} {} ({})</li>'


class ReasonFilter(admin.SimpleListFilter):
    """Filter by a rule that rejects a booking, or by none that does."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, Any]]:
        """Return the reasons of the chosen campaign in the order of its rules."""
        terms = chosen_terms(request)
        rules = rules_of(terms) if terms else RULES
        return [("counts", COUNTS), *((rule.code, REASONS[rule.code]) for rule in rules)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        """Return the bookings that the chosen rule rejects, whatever other rules say."""
        if self.value() is None:
            return queryset
        terms = chosen_terms(request)
        if terms is None:
            return queryset.none()
        if self.value() == "counts":
            return eligibility.counting(terms, queryset)
        for rule in RULES:
            if rule.code == self.value():
                return eligibility.rejected_by(rule, terms, queryset)
        return queryset


@admin.register(Booking)
class BookingAdmin(MembersAdmin):
    """Bookings with their reasons, listed under one campaign's terms, each shown under all.

    An address of these pages holds only the row's number, no reservation and no member.
    """

    guarded = ("wester_id", "ex_member_no", "reservation_no")
    list_display = [
        "id",
        "reservation_no",
        "item_no",
        "travel_date",
        "amount_yen",
        FLAGS["cancelled"],
        FLAGS["refunded"],
        FLAGS["used"],
        "reasons",
    ]
    list_filter = [
        CampaignFilter,
        ReasonFilter,
        "booking_service",
        "sales_channel",
        "product_kind",
        "payment_method",
    ]
    ordering = ["-id"]
    fields = [
        ("booking_service", "reservation_no", "item_no"),
        ("wester_id", "ex_member_no"),
        ("booked_at", "travel_date"),
        "journey",
        ("operated_by", "amount_yen"),
        ("sales_channel", "product_kind", "payment_method", "ticketing"),
        tuple(FLAGS.values()),
        "events",
        "reasons_by_campaign",
    ]
    readonly_fields = ["operated_by", "events", "reasons_by_campaign"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        """Annotate the bookings with their reasons under the chosen campaign."""
        bookings: QuerySet[Booking] = super().get_queryset(request)
        terms = chosen_terms(request)
        return eligibility.with_reasons(terms, bookings) if terms else bookings

    @admin.display(description=gettext_lazy("reasons"))
    def reasons(self, booking: Booking) -> str:
        """Return why the booking does not count; a dash without a campaign."""
        codes: list[str] | None = vars(booking).get("reasons")
        return "-" if codes is None else join_reasons(codes)

    @admin.display(description=gettext_lazy("operators"))
    def operated_by(self, booking: Booking) -> str:
        """Return the names of the companies that run the journey."""
        return ", ".join(str(operator_name(one)) for one in booking.operators)

    @admin.display(description=gettext_lazy("reasons"))
    def reasons_by_campaign(self, booking: Booking) -> SafeString:
        """List under each published campaign why the booking does not count."""
        in_force = queries.terms_in_force().order_by("-opens_at", "-id")
        only_this = Booking.objects.filter(pk=booking.pk)
        judged = ((one, eligibility.with_reasons(one, only_this).get()) for one in in_force)
        lines = ((one.name, join_reasons(vars(found)["reasons"])) for one, found in judged)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))

    @admin.display(description=gettext_lazy("events"))
    def events(self, booking: Booking) -> SafeString:
        """List the booking's events in the order in which they happened."""
        lines = (
            (
                event.event_id,
                formats.date_format(localtime(event.occurred_at), "DATETIME_FORMAT"),
                EVENTS[event.event_type],
                PLACES[event.operated_via],
            )
            for event in events_of(booking)
        )
        return format_html("<ol>{}</ol>", format_html_join("", EVENT_LINE, lines))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the campaign that its reasons are about in the subtitle."""
        campaign = chosen_campaign(request)
        text = _("Reasons under campaign %(campaign)s")
        label = {"campaign": queries.choice_label(campaign)} if campaign else None
        subtitle = text % label if label else choice_hint()
        return super().changelist_view(request, {"subtitle": subtitle, **(extra_context or {})})


def events_of(booking: Booking) -> QuerySet[BookingEvent]:
    """Return the events that a booking is the fold of, the earliest first."""
    key = {
        name: getattr(booking, name) for name in ("reservation_no", "item_no", "booking_service")
    }
    return BookingEvent.objects.filter(**key).order_by("occurred_at", "event_id")


def join_reasons(codes: list[str]) -> str:
    """Return a booking's reasons in one line; without reasons, that it counts."""
    return show_codes(codes, REASONS) if codes else str(COUNTS)
