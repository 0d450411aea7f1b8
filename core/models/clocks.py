"""The clock that a demonstration moves for all its processes together."""

from django.db import models
from django.db.models import Q


class DemoClock(models.Model):
    """One row at most: the demo's time was ``instant`` when the machine's was ``set_at``."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    instant = models.DateTimeField()
    set_at = models.DateTimeField()
    runs = models.BooleanField(db_default=True, db_comment="False: it stands still at instant.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="democlock_only_one")]

    def __str__(self) -> str:
        return f"{self.instant} (set at {self.set_at})"
