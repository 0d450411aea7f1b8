"""Base classes of the admin pages: read-only, with actions that call one operation each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core import clock
from core.audit import Actor
from core.errors import Refusal

if TYPE_CHECKING:
    from core.models import User

    # Generic only in their stubs.
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """Forbid adding, changing and deleting; viewing takes the model's view permission."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False, also for superusers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False, also for superusers."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False, also for superusers."""
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """Read-only pages of a model; a subclass adds actions with their permissions."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Read-only rows of a related model on a page."""

    extra = 0
    can_delete = False


def require_permission(request: HttpRequest, permission: str) -> Actor:
    """Return the signed-in user as the actor of what follows.

    Raises:
        PermissionDenied: they lack the permission.
    """
    user = cast("User", request.user)  # the admin admits only staff
    if not user.has_perm(permission):
        raise PermissionDenied
    return Actor(user)


def render_admin_page(
    request: HttpRequest, template: str, context: dict[str, Any]
) -> TemplateResponse:
    """Render a template within the admin's layout."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def carry_out(
    page: ModelAdmin,
    request: HttpRequest,
    operation: Callable[..., Any],
    **arguments: Any,
) -> None:
    """Call an operation as the signed-in user, and show a refusal as a warning."""
    actor = Actor(cast("User", request.user))  # the admin admits only staff
    try:
        operation(**arguments, actor=actor, at=clock.now())
    except Refusal as refusal:  # of any app: an approval carries out actions of all
        page.message_user(request, str(refusal), messages.WARNING)
    else:
        page.message_user(request, _("Done."), messages.SUCCESS)
