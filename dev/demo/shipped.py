"""The campaigns that ship as files, and which of them a demo plays."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from campaign.termsfile import CampaignFile, read_campaign_file
from dev.demo.refusals import UnknownDemoCampaign
from dev.demo.sampling.files import shift_dates

FOLDER = Path(__file__).parents[2] / "campaign" / "data"
FIRST = "012025121203"
SAMPLE_OPENS_ON = date(2024, 12, 10)  # the samples are made for a campaign that opens then
DAY = timedelta(days=1)


def shipped_codes() -> list[str]:
    """Return the codes of the campaigns that ship, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read_shipped(code: str) -> dict[str, Any]:
    """Return what the file of a campaign that ships says.

    Raises:
        UnknownDemoCampaign: no campaign of this code ships; the sentence lists those that do.
    """
    if code not in shipped_codes():
        known = ", ".join(shipped_codes())
        raise UnknownDemoCampaign(f"CAMPAIGN names no campaign that ships. These do: {known}.")
    values: dict[str, Any] = json.loads((FOLDER / f"{code}.json").read_text("utf-8"))
    return values


def to_file(values: dict[str, Any]) -> CampaignFile:
    """Return the campaign file of these values."""
    return read_campaign_file(json.dumps(values).encode())


def days_after_sample(opens_at: datetime) -> int:
    """Return how many days after the samples' own campaign one opens; negative for before."""
    return (opens_at.date() - SAMPLE_OPENS_ON).days


def next_shipped(code: str, *, after: datetime) -> dict[str, Any]:
    """Return the next campaign to open after an instant, of those that ship but this one.

    Where none opens later, the first of the others, with all dates moved to the day after.
    """
    others = [read_shipped(other) for other in shipped_codes() if other != code]
    others.sort(key=lambda values: str(values["opens_at"]))
    for values in others:
        if datetime.fromisoformat(values["public_at"]) > after:
            return values
    days = (after.date() + DAY - datetime.fromisoformat(others[0]["public_at"]).date()).days
    moved: dict[str, Any] = json.loads(shift_dates(json.dumps(others[0]), days))
    return moved
