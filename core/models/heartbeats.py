"""When a worker and beat were last at work."""

from django.db import models
from django.db.models import Q


class Heartbeat(models.Model):
    """One row for each machine that has a worker, and one for beat as the workers hear it."""

    class Kind(models.TextChoices):
        """What is at work."""

        WORKER = "worker"
        BEAT = "beat"

    kind = models.CharField(max_length=10, choices=Kind)
    host = models.CharField(
        max_length=255, db_comment="The worker's machine; of beat that of the worker it reached."
    )
    seen_at = models.DateTimeField(db_comment="By the database's own clock.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "host"), name="heartbeat_one_per_kind_and_host"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("worker", "beat")), name="heartbeat_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.host}"
