"""The menu of the desk, for every page of staff."""

from typing import Any, cast

from django import template
from django.template import Context

from core import approvals
from core.models import Approval, User
from portal.desk.frame import entries_for

register = template.Library()


@register.inclusion_tag("desk/_menu.html", takes_context=True)
def desk_menu(context: Context) -> dict[str, Any]:
    """Return the entries of the menu and what waits for an approver; none before the sign-in."""
    if not context.get("has_permission"):
        return {}
    request = context["request"]
    user = cast("User", request.user)
    match = request.resolver_match
    return {
        "entries": entries_for(user),
        "here": match.view_name if match else None,
        "approvals": "desk:approvals",
        "waiting": count_waiting(user) if approvals.may_decide(user) else 0,
    }


def count_waiting(user: User) -> int:
    """Return how many requests wait for the decision of a person, who decides none of their own."""
    waiting = Approval.objects.filter(state=Approval.State.OPEN)
    return waiting.exclude(requested_by=user).count()
