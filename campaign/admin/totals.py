"""The admin page of aggregation runs, with the nights missed and the counts per reason."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from campaign import eligibility, queries, reports
from campaign.models import AggregationRun, Campaign, Terms
from campaign.reason_words import COUNTS, REASONS
from core import clock
from core.admin_base import ReadOnlyAdmin, render_admin_page

REASONS_VIEW = "campaign_aggregationrun_reasons"
HEADINGS = {"pending": gettext_lazy("only not confirmed"), "counts": COUNTS}


@admin.register(AggregationRun)
class AggregationRunAdmin(ReadOnlyAdmin):
    """The runs that compute totals; missed nights are shown above the list."""

    list_display = ["campaign", "night", "mode", "as_of", "finished_at", "parts", "reasons"]
    list_filter = ["campaign", "mode"]
    list_select_related = ["campaign"]
    ordering = ["-id"]
    readonly_fields = ["fingerprint"]
    fields = ["campaign", "night", "mode", "terms", "fingerprint", "as_of", "finished_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AggregationRun]:
        """Count the shards of all runs in one query."""
        runs: QuerySet[AggregationRun] = super().get_queryset(request)
        return runs.annotate(
            shard_count=Count("shards"), done_count=Count("shards", filter=Q(shards__done=True))
        )

    @admin.display(description=pgettext_lazy("SHA-256", "fingerprint of the terms"))
    def fingerprint(self, run: AggregationRun) -> str:
        """Return the hash of the terms that the run judged by."""
        return run.terms_sha256

    @admin.display(description=gettext_lazy("parts done"))
    def parts(self, run: AggregationRun) -> str:
        """Return how many of the run's shards are done."""
        counts: dict[str, Any] = vars(run)
        done, total = counts["done_count"], counts["shard_count"]
        return f"{done} / {total}" if total else _("nothing to change")

    @admin.display(description=gettext_lazy("reasons"))
    def reasons(self, run: AggregationRun) -> SafeString:
        """Return a link to the campaign's counts per reason."""
        address = reverse(f"admin:{REASONS_VIEW}", args=[run.campaign.code])
        return format_html('<a href="{}">{}</a>', address, _("Counts per reason"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with a warning for each campaign that missed nights."""
        now = clock.now()
        for campaign in Campaign.objects.order_by("id"):
            if nights := reports.missed_nights(campaign, now=now):
                warning = _("%(code)s: no totals in %(count)d nights, the last of them %(night)s.")
                values = {"code": campaign.code, "count": len(nights), "night": nights[-1]}
                self.message_user(request, warning % values, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of counts per reason."""
        page = require_safe(self.admin_site.admin_view(self.reasons_view))
        return [path("reasons/<str:code>/", page, name=REASONS_VIEW), *super().get_urls()]

    def reasons_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the number of bookings, and their yen, under each reason, as of now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        campaign = get_object_or_404(
            Campaign.objects.filter(terms__isnull=False).distinct(), code=code
        )
        terms = queries.working_terms(campaign)
        context = {
            "title": _("Counts per reason"),
            "opts": self.opts,
            "terms": terms,
            "rows": reason_rows(terms),
        }
        return render_admin_page(request, "admin/campaign/reasons.html", context)


def reason_rows(terms: Terms) -> list[dict[str, Any]]:
    """Return a row per rule in their order, then those pending and those that count."""
    headings = {**REASONS, **HEADINGS}
    counts = eligibility.reason_counts(terms)
    return [{"code": code, "name": headings[code], **counts[code]} for code in counts]
