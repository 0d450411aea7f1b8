"""The tables of booking events and of bookings, the fold of their events."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from bookings.enumerations import (
    BookingService,
    EventType,
    OperatedVia,
    PaymentMethod,
    ProductKind,
    SalesChannel,
    Ticketing,
)
from bookings.models import fields
from bookings.models.registrations import ExRegistration

MAX_AMOUNT_YEN = 9_999_999
TICKETING_KNOWN_OR_NULL = Q(ticketing__in=Ticketing.values) | Q(ticketing__isnull=True)
TICKETING_OF_AN_EVENT = Q(
    ticketing__isnull=False, ticketing_at__isnull=False, ticketing_event_id__isnull=False
)
NO_TICKETING = Q(ticketing__isnull=True, ticketing_at__isnull=True, ticketing_event_id__isnull=True)
E5489_HOLDER = Q(booking_service=BookingService.E5489, ex_member_no__isnull=True)
EX_HOLDER = Q(
    booking_service__in=[BookingService.EX_YOYAKU, BookingService.SMART_EX],
    ex_member_no__isnull=False,
    wester_id__isnull=True,
)


def value_constraints(model: str) -> list[models.BaseConstraint]:
    """Return the checks that events and bookings share."""
    return [
        models.CheckConstraint(condition=E5489_HOLDER | EX_HOLDER, name=f"{model}_holder_fits"),
        models.CheckConstraint(condition=Q(item_no__range=(1, 99)), name=f"{model}_item_1_to_99"),
        models.CheckConstraint(
            condition=Q(amount_yen__range=(0, MAX_AMOUNT_YEN)), name=f"{model}_amount_in_range"
        ),
        models.CheckConstraint(
            condition=Q(
                sales_channel__in=SalesChannel.values,
                product_kind__in=ProductKind.values,
                payment_method__in=PaymentMethod.values,
            )
            & TICKETING_KNOWN_OR_NULL,
            name=f"{model}_values_known",
        ),
    ]


class BookingKey(models.Model):
    """The three values that identify one booking."""

    booking_service = models.CharField(
        _("booking service"), max_length=10, choices=BookingService, db_collation="C"
    )
    reservation_no = fields.identifier(verbose_name=_("reservation number"))
    item_no = models.PositiveSmallIntegerField(_("item number"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key_text

    @property
    def key_text(self) -> str:
        """The three values as commands take and report them: ``e5489/R1/1``."""
        return f"{self.booking_service}/{self.reservation_no}/{self.item_no}"


class BookingValues(BookingKey):
    """The values of a booking, as one event states them."""

    wester_id = fields.identifier(null=True, blank=True, verbose_name=_("WESTER ID"))
    ex_member_no = fields.identifier(null=True, blank=True, verbose_name=_("EX member number"))
    booked_at = models.DateTimeField(_("booked at"), db_comment="The first booking operation.")
    travel_date = models.DateField(
        _("travel date"), db_comment="Boarding date of the first train, in Japan."
    )
    journey = models.TextField(
        _("journey"), db_collation="C", db_comment="service:from>to, joined by |"
    )
    sales_channel = models.CharField(_("sales channel"), max_length=10, choices=SalesChannel)
    product_kind = models.CharField(_("product"), max_length=20, choices=ProductKind)
    ticketing = models.CharField(  # noqa: DJ001 - no version has an empty one
        _("ticketing"),
        max_length=10,
        choices=Ticketing,
        null=True,
        blank=True,
        db_comment="Null: not known, for version 1 of the feed does not have it.",
    )
    payment_method = models.CharField(_("payment"), max_length=20, choices=PaymentMethod)
    amount_yen = models.IntegerField(_("amount in yen"), db_comment="What the item costs in total.")

    class Meta:
        abstract = True


class BookingEvent(BookingValues):
    """One event of one ticket; rows are only added."""

    event_id = fields.IdentifierKey()
    event_type = models.CharField(max_length=10, choices=EventType)
    occurred_at = models.DateTimeField()
    operated_via = models.CharField(max_length=10, choices=OperatedVia)

    class Meta:
        # Its triggers are in bookings/sql/bookingevent_triggers.sql.
        constraints = [
            *value_constraints("bookingevent"),
            models.CheckConstraint(
                condition=Q(event_type__in=EventType.values, operated_via__in=OperatedVia.values),
                name="bookingevent_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reservation_no", "item_no", "booking_service"], name="bookingevent_booking"
            )
        ]


class EventTicketing(models.Model):
    """The ticketing of an event that was stored without one; rows are only added.

    An event of version 1 of the feed is never changed where version 2 of it comes later.
    """

    # No foreign key: the trigger looks at all rows of a statement at once.
    event_id = fields.IdentifierKey()
    ticketing = models.CharField(max_length=10, choices=Ticketing)

    class Meta:
        # Its triggers are in bookings/sql/eventticketing_triggers.sql.
        constraints = [
            models.CheckConstraint(
                condition=Q(ticketing__in=Ticketing.values), name="eventticketing_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.ticketing}"


class Booking(BookingValues):
    """The state of one ticket: the fold of its events (bookings/sql/fold_events.sql).

    ``(purchase_known, latest_occurred_at, latest_event_id)`` orders the events; the values come
    from the greatest. ``(ticketing_at, ticketing_event_id)`` does so for ticketing, among purchase
    events whose ticketing is known. With them events are folded in any order and any split.
    """

    # No foreign key: a booking may come before its registration, or without one.
    registration = models.ForeignObject(
        ExRegistration,
        models.DO_NOTHING,
        from_fields=["ex_member_no"],
        to_fields=["ex_member_no"],
        related_name="bookings",
        null=True,
    )
    operators = ArrayField(
        fields.name(),
        verbose_name=_("operators"),
        db_comment="Who runs the sections of the journey, sorted, each once.",
    )
    sections = ArrayField(
        fields.section(),
        verbose_name=_("sections"),
        db_comment="operator:line of the sections of the journey, sorted, each once; a line is the"
        " service that a leg names.",
    )
    cancelled = models.BooleanField(_("cancelled"), db_default=False)
    refunded = models.BooleanField(_("refunded"), db_default=False)
    stopover = models.BooleanField(_("stopover"), db_default=False)
    used = models.BooleanField(_("used"), db_default=False)
    changed_by_phone = models.BooleanField(_("changed by phone"), db_default=False)
    purchase_known = models.BooleanField(
        _("purchase known"),
        db_comment="The values come from a booked, changed or used event; those outrank others.",
    )
    latest_occurred_at = models.DateTimeField(_("latest event at"))
    latest_event_id = fields.identifier(verbose_name=_("latest event"))
    ticketing_at = models.DateTimeField(_("ticketing known at"), null=True, blank=True)
    ticketing_event_id = fields.identifier(
        verbose_name=_("event with the ticketing"), null=True, blank=True
    )

    class Meta:
        # Its fillfactor of 85 is set in the initial migration: updates stay on their page.
        verbose_name = _("booking")
        verbose_name_plural = _("booked tickets")
        constraints = [
            *value_constraints("booking"),
            models.CheckConstraint(
                condition=TICKETING_OF_AN_EVENT | NO_TICKETING, name="booking_ticketing_of_an_event"
            ),
            models.UniqueConstraint(
                fields=["reservation_no", "item_no", "booking_service"], name="booking_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["wester_id"], condition=Q(wester_id__isnull=False), name="booking_wester_id"
            ),
            models.Index(
                fields=["ex_member_no"],
                condition=Q(ex_member_no__isnull=False),
                name="booking_ex_member_no",
            ),
        ]

    def __str__(self) -> str:
        """Name the row only: headings and titles hold no reservation number."""
        return pgettext("heading", "Booking No. %(number)s") % {"number": self.pk}
