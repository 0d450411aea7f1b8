"""Records as they stood at the clock's instant: a demo's clock runs back, and pages with it."""

from copy import copy
from datetime import datetime
from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpRequest

from bookings.admin_base import ReadOnlyAdmin
from campaign import clock


class SeenChangeList(ChangeList):
    """A list whose rows are as they stood at the clock's instant."""

    def get_results(self, request: HttpRequest) -> None:
        """Replace each row by what had come of it; actions still take the records themselves."""
        super().get_results(request)
        now = clock.now()
        page = cast("SeenAdmin", self.model_admin)
        seen = (page.as_seen(row, now=now) for row in self.result_list)
        self.result_list = [row for row in seen if row is not None]


class SeenAdmin(ReadOnlyAdmin):
    """Pages of records as they stood at the clock's instant."""

    def as_seen(self, row: Any, *, now: datetime) -> Any:
        """Return a copy without what lies after ``now``; None where all of it does."""
        raise NotImplementedError

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that shows rows as they stood."""
        return SeenChangeList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """Return a record as it stood, as for every page that only shows it."""
        found: Model | None = super().get_object(request, object_id, from_field)
        seen: Model | None = self.as_seen(found, now=clock.now()) if found else None
        return seen


def without_later(row: Any, *names: str, now: datetime) -> Any:
    """Return a copy of a record without those of its instants that lie after ``now``."""
    seen = copy(row)
    for name in names:
        instant = getattr(row, name)
        if instant is not None and instant > now:
            setattr(seen, name, None)
    return seen
