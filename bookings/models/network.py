"""The tables of the rail network: services, their stops, and who runs each section."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.enumerations import StopKind
from bookings.models import fields


class Service(models.Model):
    """A line, a chain of lines or a train, in one direction; rides go both ways."""

    name = fields.name(unique=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        return str(self.name)


class Stop(models.Model):
    """One row of a service: a stop, or a boundary of operators that it passes."""

    Kind = StopKind

    service = models.ForeignKey(Service, models.CASCADE, related_name="stops")
    seq = models.PositiveSmallIntegerField(
        _("order"), db_comment="Order inside the service, from 1."
    )
    station = fields.name(verbose_name=_("station"))
    operator_to_next = fields.name(
        verbose_name=_("operator to the next place"),
        null=True,
        db_comment="Who runs the section to the next row; null on the last.",
    )
    kind = models.CharField(_("kind"), max_length=4, choices=StopKind)

    class Meta:
        verbose_name = _("place of a service")
        verbose_name_plural = _("places of a service")
        constraints = [
            models.UniqueConstraint(fields=["service", "seq"], name="stop_one_per_position"),
            models.UniqueConstraint(fields=["service", "station"], name="stop_one_per_station"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="stop_seq_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=StopKind.values), name="stop_kind_is_stop_or_pass"
            ),
            models.CheckConstraint(
                condition=~Q(station="") & ~Q(operator_to_next=""), name="stop_names_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station} ({self.seq})"
