"""What staff see of totals: the runs, the nights missed, and why bookings do not count."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bookings.admin import BookingAdmin
from bookings.admin_base import ModelAdmin, ReadOnlyAdmin
from bookings.models import Booking
from campaign import clock, eligibility, queries, reports
from campaign.models import AggregationRun, Campaign, Terms
from campaign.rules import RULES

REASONS_VIEW = "campaign_aggregationrun_reasons"
HEADINGS = {"pending": gettext_lazy("only not confirmed"), "counts": gettext_lazy("counts")}


class AggregationRunAdmin(ReadOnlyAdmin):
    """The computations of totals; above the list stand the nights that had none."""

    list_display = ["campaign", "night", "mode", "as_of", "finished_at", "parts", "reasons"]
    list_filter = ["campaign", "mode"]
    list_select_related = ["campaign"]
    ordering = ["-id"]
    fields = ["campaign", "night", "mode", "terms", "terms_sha256", "as_of", "finished_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AggregationRun]:
        """Count the shards of all runs at once."""
        runs: QuerySet[AggregationRun] = super().get_queryset(request)
        return runs.annotate(
            shard_count=Count("shards"), done_count=Count("shards", filter=Q(shards__done=True))
        )

    @admin.display(description=gettext_lazy("parts done"))
    def parts(self, run: AggregationRun) -> str:
        """Return how far the run is."""
        counts: dict[str, Any] = vars(run)
        return f"{counts['done_count']} / {counts['shard_count']}"

    @admin.display(description=gettext_lazy("reasons"))
    def reasons(self, run: AggregationRun) -> SafeString:
        """Return the way to the campaign's counts per reason."""
        address = reverse(f"admin:{REASONS_VIEW}", args=[run.campaign.code])
        return format_html('<a href="{}">{}</a>', address, _("Counts per reason"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, and warn of nights that were missed."""
        now = clock.now()
        for campaign in Campaign.objects.order_by("id"):
            if nights := reports.missed_nights(campaign, now=now):
                warning = _("%(code)s: no totals in %(count)d nights, the last of them %(night)s.")
                values = {"code": campaign.code, "count": len(nights), "night": nights[-1]}
                self.message_user(request, warning % values, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of reasons."""
        page = require_safe(self.admin_site.admin_view(self.reasons_view))
        return [path("reasons/<str:code>/", page, name=REASONS_VIEW), *super().get_urls()]

    def reasons_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show how many bookings, and their yen, stand under each reason, as of now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        campaign = get_object_or_404(with_terms(), code=code)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Counts per reason"),
            "opts": self.opts,
            "campaign": campaign,
            "rows": reason_rows(queries.working_terms(campaign)),
        }
        return TemplateResponse(request, "admin/campaign/reasons.html", context)


def reason_rows(terms: Terms) -> list[dict[str, Any]]:
    """Return the lines of the table: every rule in its order, then what waits and what counts."""
    headings = {rule.code: rule.clause for rule in RULES} | HEADINGS
    counts = eligibility.reason_counts(terms)
    return [{"code": code, "clause": headings[code], **counts[code]} for code in counts]


class CampaignFilter(admin.SimpleListFilter):
    """The published campaign that a list is about: the one that is meant, or another one chosen."""

    title = gettext_lazy("campaign")
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Return the published campaigns, the one that opens last first."""
        self.campaign = chosen_campaign(request)
        return [(one.code, queries.choice_label(one)) for one in queries.published_campaigns()]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield the campaigns, one of them always chosen; a list is never about all of them."""
        for code, label in self.lookup_choices:
            yield {
                "selected": self.campaign is not None and code == self.campaign.code,
                "query_string": changelist.get_query_string({self.parameter_name: code}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out nothing: every booking has an answer under every campaign.

        Raises:
            IncorrectLookupParameters: the campaign that was asked for is none, or not published.
        """
        if self.campaign is None and self.value():
            raise IncorrectLookupParameters
        return queryset


class ReasonFilter(admin.SimpleListFilter):
    """Bookings that a rule rejects, whatever else does, or that no rule rejects."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, Any]]:
        """Return the codes in the rules' order."""
        return [("counts", HEADINGS["counts"]), *((rule.code, rule.code) for rule in RULES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        """Ask the rule of Postgres."""
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


class JudgedBookingAdmin(BookingAdmin):
    """Bookings with their reasons: in the list under one campaign's terms, each under all."""

    list_display = [*BookingAdmin.list_display, "reasons"]
    list_filter = [CampaignFilter, ReasonFilter, *BookingAdmin.list_filter]
    readonly_fields = [*BookingAdmin.readonly_fields, "reasons_by_campaign"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        """Ask all rules of the bookings that are shown."""
        bookings: QuerySet[Booking] = super().get_queryset(request)
        terms = chosen_terms(request)
        return eligibility.with_reasons(terms, bookings) if terms else bookings

    @admin.display(description=gettext_lazy("reasons"))
    def reasons(self, booking: Booking) -> str:
        """Return why the booking does not count."""
        codes: list[str] | None = vars(booking).get("reasons")
        return "-" if codes is None else in_words(codes)

    @admin.display(description=gettext_lazy("reasons"))
    def reasons_by_campaign(self, booking: Booking) -> SafeString:
        """Return why the booking does not count, under each published campaign."""
        in_force = queries.terms_in_force().order_by("-opens_at", "-id")
        asked = Booking.objects.filter(pk=booking.pk)
        judged = ((one, eligibility.with_reasons(one, asked).get()) for one in in_force)
        lines = ((one.campaign.code, in_words(vars(found)["reasons"])) for one, found in judged)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, and say under which campaign its bookings are judged."""
        campaign = chosen_campaign(request)
        said = _("Reasons under campaign %(campaign)s")
        subtitle = said % {"campaign": queries.choice_label(campaign)} if campaign else None
        return super().changelist_view(request, {"subtitle": subtitle, **(extra_context or {})})


def in_words(codes: list[str]) -> str:
    """Return the reasons of a booking in one line."""
    return ", ".join(codes) or str(HEADINGS["counts"])


def chosen_campaign(request: HttpRequest) -> Campaign | None:
    """Return the published campaign that is asked for, or else the one that is meant."""
    if code := request.GET.get(CampaignFilter.parameter_name):
        return next((one for one in queries.published_campaigns() if one.code == code), None)
    return queries.meant_campaign(at=clock.now())


def chosen_terms(request: HttpRequest) -> Terms | None:
    """Return the terms in force of the chosen campaign; None where there is none."""
    campaign = chosen_campaign(request)
    return queries.published_terms(campaign) if campaign else None


def with_terms() -> QuerySet[Campaign]:
    """Return the campaigns under which something can be asked."""
    return Campaign.objects.filter(terms__isnull=False).distinct()
