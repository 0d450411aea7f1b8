"""The bar of a demo, for every page; nothing outside a demo."""

from typing import Any

from django import template
from django.conf import settings

from core import clock
from dev.demo import bar
from dev.demo.clock_lock import is_clock_free
from dev.demo.open_campaign import open_terms

register = template.Library()


@register.inclusion_tag("dev/_demo_bar.html")
def demo_bar() -> dict[str, Any]:
    """Show the demo's time and where it can be moved to; the request changes nothing of it."""
    terms = open_terms() if settings.DEMO_MODE else None
    if terms is None:
        return {}
    now = clock.now()
    is_free = is_clock_free(settings.LOCAL_STATE_DIR)
    return {"now": now, "is_free": is_free, "stops": bar.stops(terms, now=now)}
