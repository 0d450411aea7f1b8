"""The menu of the desk, for every page of staff."""

from typing import Any, cast

from django import template
from django.template import Context

from core.models import User
from portal.desk.frame import entries_for

register = template.Library()


@register.inclusion_tag("desk/_menu.html", takes_context=True)
def desk_menu(context: Context) -> dict[str, Any]:
    """Return the entries of the menu; none before the sign-in is complete."""
    if not context.get("has_permission"):
        return {}
    request = context["request"]
    user = cast("User", request.user)
    match = request.resolver_match
    return {"entries": entries_for(user), "here": match.view_name if match else None}
