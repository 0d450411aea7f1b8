"""Entries by day, by hour and by channel: one pass over those of the campaigns that are shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, DateTimeField, F, Func, Value

from campaign.models import Campaign
from core.clock import JAPAN
from entries.models import Entry

HOUR = timedelta(hours=1)
FIRST_HOUR = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class EntryCounts:
    """How many entries a campaign has by hour and by channel."""

    by_hour: Counter[datetime] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.by_channel.total()

    def by_day(self) -> Counter[date]:
        """Return the number of entries of each day of Japan."""
        days: Counter[date] = Counter()
        for hour, number in self.by_hour.items():
            days[hour.astimezone(JAPAN).date()] += number
        return days

    def on(self, day: date) -> list[int]:
        """Return the number of entries in each hour of a day."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=JAPAN)
        return [self.by_hour[(midnight + HOUR * number).astimezone(UTC)] for number in range(24)]


def count_entries(campaigns: Iterable[Campaign]) -> dict[int, EntryCounts]:
    """Return the entries of these campaigns by their keys; one query, a row for each hour."""
    found = {campaign.pk: EntryCounts() for campaign in campaigns}
    hour = Func(
        Value(HOUR),
        F("entered_at"),
        Value(FIRST_HOUR),
        function="date_bin",
        output_field=DateTimeField(),
    )
    entries = Entry.objects.filter(campaign__in=found).annotate(hour=hour)
    rows = entries.values_list("campaign", "channel", "hour")
    for campaign, channel, at, number in rows.annotate(number=Count("*")).order_by():
        found[campaign].by_hour[at.astimezone(UTC)] += number
        found[campaign].by_channel[channel] += number
    return found
