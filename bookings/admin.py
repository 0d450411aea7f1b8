"""What staff see of bookings and of what they rest on."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bookings.admin_base import ReadOnlyAdmin, ReadOnlyInline
from bookings.models import Booking, BookingEvent, FeedFile, QuarantinedRow, Service, Stop
from bookings.printable import printable

COUNTS = ["rows", "applied", "duplicates", "quarantined"]


class StopInline(ReadOnlyInline):
    """The places of a service in their order."""

    model = Stop
    fields = ["seq", "station", "kind", "operator_to_next"]
    ordering = ["seq"]


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    """The rail network; ``load_network`` replaces it as a whole."""

    list_display = ["name", "stop_count"]
    search_fields = ["name", "stops__station", "stops__operator_to_next"]
    ordering = ["name", "id"]
    inlines = [StopInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """Count the stops of all services at once; places that are only passed are none."""
        services: QuerySet[Service] = super().get_queryset(request)
        calls = Count("stops", filter=Q(stops__kind=Stop.Kind.STOP), distinct=True)
        return services.annotate(stop_count=calls)

    @admin.display(description=_("stops"), ordering="stop_count")
    def stop_count(self, service: Service) -> int:
        """Return how many stops the service has."""
        return int(getattr(service, "stop_count"))  # noqa: B009 - an annotation, not a field


@admin.register(FeedFile)
class FeedFileAdmin(ReadOnlyAdmin):
    """Feed files as they came, with their counts, and why some were refused."""

    list_display = ["name", "feed", "status", "reason", *COUNTS, "tried_at"]
    list_filter = ["status", "feed", "reason"]
    search_fields = ["name", "sha256"]
    date_hierarchy = "tried_at"
    ordering = ["-tried_at", "-id"]
    show_full_result_count = False


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(ReadOnlyAdmin):
    """Rows that were not applied, each with its reason and its text."""

    list_display = ["id", "file", "record", "reason", "status"]
    list_filter = ["status", "reason", "file__feed"]
    list_select_related = ["file"]
    search_fields = ["file__name"]
    ordering = ["-id"]
    fields = [
        "file",
        "record",
        "reason",
        "text",
        "status",
        "settled_at",
        "settled_by",
        "note",
    ]
    readonly_fields = ["text"]
    show_full_result_count = False

    @admin.display(description=_("text"))
    def text(self, row: QuarantinedRow) -> SafeString:
        """Return the row as it was delivered, what cannot be read escaped."""
        encoding = row.file.encoding or "utf-8"
        return format_html("<code>{}</code>", readable(bytes(row.content), encoding))


def readable(content: bytes, encoding: str) -> str:
    """Return bytes as text to look at; what is no text, or not to be seen, is escaped."""
    return printable(content.decode(encoding, "backslashreplace"))


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    """Bookings as they stand, each with the events that it comes from.

    Its addresses hold the row's number alone: no reservation and no member stands in them.
    """

    list_display = ["id", "__str__", "travel_date", "amount_yen", "cancelled", "refunded", "used"]
    list_filter = ["booking_service", "sales_channel", "product_kind", "payment_method"]
    ordering = ["-id"]
    readonly_fields = ["events"]
    show_full_result_count = False

    @admin.display(description=_("events"))
    def events(self, booking: Booking) -> SafeString:
        """List the events in the order in which they happened."""
        lines = (
            (event.occurred_at.isoformat(), event.event_type, event.operated_via, event.event_id)
            for event in events_of(booking)
        )
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}: {} ({}), {}</li>", lines))


def events_of(booking: Booking) -> QuerySet[BookingEvent]:
    """Return the events that a booking is the fold of, the first first."""
    key = {
        name: getattr(booking, name) for name in ("reservation_no", "item_no", "booking_service")
    }
    return BookingEvent.objects.filter(**key).order_by("occurred_at", "event_id")
