"""What every admin page of the project starts from: staff look, and change nothing there."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

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
