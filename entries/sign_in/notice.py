"""What a member reads of their data before they sign in."""

from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import get_language

from campaign.addresses import CAMPAIGN
from campaign.queries import shown_terms


def find_notice(path: str) -> dict[str, Any]:
    """Return the terms and the purpose of the campaign to whose page a path leads; else nothing."""
    try:
        page = resolve(urlsplit(path).path)
    except Resolver404:
        return {}
    terms = shown_terms(page.kwargs["code"]) if page.route.startswith(CAMPAIGN) else None
    if terms is None:
        return {}
    language = "ja" if get_language() == "ja" else "en"
    return {"terms": terms, "purpose": terms.texts["privacy"][language]}
