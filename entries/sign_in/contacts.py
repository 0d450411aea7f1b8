"""Whom a member may ask where the sign-in cannot help: the contacts of the public campaigns."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from campaign.queries import terms_in_force

SHOWN = 3  # the last campaigns to open


@dataclass(frozen=True)
class Contact:
    """A help desk, in the language of the page."""

    name: str
    telephone: str
    hours: str


def list_contacts(*, at: datetime) -> list[Contact]:
    """Return the contacts of the public campaigns, each once, the last to open first."""
    public = terms_in_force().filter(public_at__lte=at).order_by("-opens_at", "-id")
    language = "ja" if get_language() == "ja" else "en"
    found = (
        Contact(
            texts["contact_name"][language],
            texts["contact_telephone"],
            texts["contact_hours"][language],
        )
        for texts in public.values_list("texts", flat=True)[:SHOWN]
    )
    return list(dict.fromkeys(found))
