"""The enumerations of feeds and their tables, each typed once.

Source: docs/specs/feeds.md 2.1, 2.3, 3; bookings/data/network/README.md.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings import journeys


class BookingService(models.TextChoices):
    """Where tickets are booked."""

    E5489 = "e5489", "e5489"
    EX_YOYAKU = "ex_yoyaku", _("EX-yoyaku")
    SMART_EX = "smart_ex", _("Smart EX")


class EventType(models.TextChoices):
    """What happened to a ticket; the most frequent first, as the reader compares them."""

    BOOKED = "booked"
    USED = "used"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    STOPOVER = "stopover"


class OperatedVia(models.TextChoices):
    """Where an event was made, or which system made it."""

    WEB = "web"
    APP = "app"
    PHONE = "phone"
    COUNTER = "counter"
    GATE = "gate"
    SYSTEM = "system"


class SalesChannel(models.TextChoices):
    """Where the ticket was sold."""

    WEB = "web", _("web page")
    APP = "app", _("app")
    COUNTER = "counter", _("ticket office")
    AGENCY = "agency", _("travel agency")


class ProductKind(models.TextChoices):
    """What kind of ticket it is."""

    STANDARD = "standard", _("standard")
    DISCOUNT = "discount", _("discount")
    RAIL_POINTS = "rail_points", _("paid with points")
    FARE_ONLY = "fare_only", _("fare only")


class Ticketing(models.TextChoices):
    """Whether a paper ticket is needed for the ride."""

    TICKETLESS = "ticketless", _("ticketless")
    PAPER = "paper", _("paper ticket")


class PaymentMethod(models.TextChoices):
    """How it was paid."""

    REGISTERED_CARD = "registered_card", _("registered card")
    OTHER_CARD = "other_card", _("another card")
    CONVENIENCE_STORE = "convenience_store", _("convenience store")
    BANK = "bank", _("bank")
    STATION = "station", _("station")
    POINTS = "points", _("points")


class MemberKind(models.TextChoices):
    """The kinds of EX membership that upstream knows."""

    J_WEST_CARD_EXPRESS = "j_west_card_express"
    JR_CENTRAL_EXPRESS_CARD = "jr_central_express_card"
    JQ_CARD_EXPRESS = "jq_card_express"
    SMART_EX = "smart_ex"
    SMART_EX_OVERSEAS = "smart_ex_overseas"
    CORPORATE = "corporate"
    PLUS_EX = "plus_ex"
    VIEW_EXPRESS_CARD = "view_express_card"


class StopKind(models.TextChoices):
    """Whether passengers can board and leave at a row of the rail network."""

    STOP = journeys.STOP, _("stops here")
    PASS = journeys.PASS, _("passes")
