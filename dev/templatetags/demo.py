"""The bar of a demo, for every page; nothing outside a demo."""

from typing import Any

from django import template
from django.conf import settings

from core import clock
from dev.demo import bar

register = template.Library()


@register.inclusion_tag("dev/_demo_bar.html")
def demo_bar() -> dict[str, Any]:
    """Show the demo's time and where it can be moved to. It asks nothing of the request."""
    terms = bar.shown_campaign() if settings.DEMO_MODE else None
    if terms is None:
        return {}
    now = clock.now()
    return {"now": now, "is_free": bar.is_free(), "stops": bar.stops(terms, now=now)}
