"""What every admin page of the project starts from: staff look, and change nothing there."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import clock
from core.audit import Actor
from core.errors import Refusal

if TYPE_CHECKING:
    from core.models import User

if TYPE_CHECKING:  # these two are generic in their stubs alone
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """Nothing is added, changed or deleted here, by nobody; who may view is the model's matter."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse, superusers included."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse, superusers included."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse, superusers included."""
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """A model's pages without a way to write; a subclass adds actions with their permissions."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows of another model on a page, without a way to write."""

    extra = 0
    can_delete = False


def carry_out(
    page: ModelAdmin,
    request: HttpRequest,
    operation: Callable[..., Any],
    **arguments: Any,
) -> None:
    """Do one thing in the name of the person signed in; a refusal becomes a warning."""
    actor = Actor(cast("User", request.user))  # the admin lets nobody else in
    try:
        operation(**arguments, actor=actor, at=clock.now())
    except Refusal as refusal:  # the registered actions are other apps' as well
        page.message_user(request, str(refusal), messages.WARNING)
    else:
        page.message_user(request, _("Done."), messages.SUCCESS)
