"""Base classes of the admin pages: read-only, with actions that call one operation each."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path, label_for_field
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core import audit, clock
from core.audit import Actor
from core.errors import Refusal
from core.masking import mask_identifier, may_see_members

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


class DeclaredFilters(ModelAdmin):
    """A list whose address takes the filters that the list declares, and no other.

    Django takes any column of the model, with any lookup: a person could find out an identifier
    that the list does not show, one character after the other.
    """

    # What other pages link to, by its whole name; none of them takes an identifier.
    linked_filters: ClassVar[tuple[str, ...]] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Return whether the list declares this filter."""
        return lookup in self.declared_lookups(request)

    def declared_lookups(self, request: HttpRequest) -> set[str]:
        """Return the names of the filters that the list shows or that pages link to."""
        found = set(self.linked_filters)
        if self.date_hierarchy:
            found |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        for one in self.get_list_filter(request):
            if isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
                found.add(str(one.parameter_name))
            else:
                found |= lookups_of_choices(self.model, cast("str", one))
        return found


def lookups_of_choices(model: type[Model], path: str) -> set[str]:
    """Return the names by which Django's list of choices filters by a field."""
    field = get_fields_from_path(model, path)[-1]
    remote = getattr(field, "target_field", None) if field.is_relation else None
    exact = f"{path}__{remote.name}__exact" if remote else f"{path}__exact"
    return {path, exact, f"{path}__isnull"}


def without_dead_links(page: Any, request: HttpRequest, columns: Sequence[Any]) -> list[Any]:
    """Return columns with plain text where Django would link to a page that is refused."""
    return [
        tuple(without_dead_links(page, request, one))
        if isinstance(one, (list, tuple))
        else text_column(page, one)
        if leads_nowhere(page, request, one)
        else one
        for one in columns
    ]


def leads_nowhere(page: Any, request: HttpRequest, name: Any) -> bool:
    """Return whether a column links to a model whose pages this person may not open."""
    try:
        field = page.opts.get_field(name)
    except FieldDoesNotExist:
        return False
    if not field.many_to_one or not page.admin_site.is_registered(field.related_model):
        return False
    linked = page.admin_site.get_model_admin(field.related_model)
    return not linked.has_view_permission(request)


def text_column(page: Any, name: str) -> Any:
    """Return the column that shows what a foreign key points to, without a link."""

    def shown(row: Model) -> str:
        return str(getattr(row, name) or "")

    shown.__name__ = name
    heading = str(label_for_field(name, page.model, page))
    return admin.display(description=heading, empty_value="-")(shown)


class ReadOnlyAdmin(ReadOnly, DeclaredFilters):
    """Read-only pages of a model; a subclass adds actions with their permissions."""

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return the fields of a row's page; none links to a page that is refused."""
        return without_dead_links(self, request, super().get_fields(request, obj))


class GuardedColumns(ReadOnlyAdmin):
    """Read-only pages with columns that only some of the staff read.

    ``guarded`` names these columns; ``may_see_guarded`` and ``mask_value`` are the subclass's.
    Other staff cannot sort by them either.
    """

    guarded: ClassVar[tuple[str, ...]] = ()

    def may_see_guarded(self, request: HttpRequest) -> bool:
        """Return whether the signed-in user reads the guarded columns as they are."""
        raise NotImplementedError

    def mask_value(self, row: Any, name: str) -> str:
        """Return what a guarded column of a row shows to the other staff."""
        raise NotImplementedError

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns of the list, the guarded ones masked where they have to be."""
        return self.mask_columns(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return the fields of a row's page, the guarded ones masked where they have to be."""
        return self.mask_columns(request, super().get_fields(request, obj))

    def mask_columns(self, request: HttpRequest, columns: Sequence[Any]) -> Sequence[Any]:
        """Return columns, and groups of columns, with a masked one for each guarded one."""
        if self.may_see_guarded(request):
            return columns
        return [
            tuple(self.mask_columns(request, one))
            if isinstance(one, (list, tuple))
            else self.masked_column(one)
            if one in self.guarded
            else one
            for one in columns
        ]

    def masked_column(self, name: str) -> Any:
        """Return the column that takes the place of a guarded one."""

        def masked(row: Model) -> str:
            return self.mask_value(row, name)

        masked.__name__ = name
        heading = str(label_for_field(name, self.model, self))
        return admin.display(description=heading, empty_value="-")(masked)


class MembersAdmin(GuardedColumns):
    """Read-only pages that show members; the audit records who saw which rows.

    What identifies a member or a booking is a guarded column: masked for staff who may not view
    members.
    """

    def may_see_guarded(self, request: HttpRequest) -> bool:
        """Return whether the user may view members."""
        return may_see_members(request)

    def mask_value(self, row: Any, name: str) -> str:
        """Return an identifier without its middle."""
        identifier = getattr(row, name)
        return mask_identifier(str(identifier)) if identifier else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, and record the rows on it."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            self.record_rows(request, [row.pk for row in response.context_data["cl"].result_list])
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one row, and record that."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            self.record_rows(request, [response.context_data["original"].pk])
        return response

    def record_rows(self, request: HttpRequest, rows: list[int]) -> None:
        """Record in the audit that the user sees these rows; none of them is named otherwise."""
        if rows:
            audit.record(
                actor=signed_in_actor(request),
                action="member.listed",
                subject=self.opts.label_lower,
                at=clock.now(),
                detail={"rows": rows},
            )


class ReadOnlyInline(ReadOnly, TabularInline):
    """Read-only rows of a related model on a page."""

    extra = 0
    can_delete = False


def require_permission(request: HttpRequest, permission: str) -> Actor:
    """Return the signed-in user as the actor of what follows.

    Raises:
        PermissionDenied: they lack the permission.
    """
    actor = signed_in_actor(request)
    if not actor.user.has_perm(permission):
        raise PermissionDenied
    return actor


def signed_in_actor(request: HttpRequest) -> Actor:
    """Return the signed-in user as the actor of what follows."""
    return Actor(cast("User", request.user))  # the admin admits only staff


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
    actor = signed_in_actor(request)
    try:
        operation(**arguments, actor=actor, at=clock.now())
    except Refusal as refusal:  # of any app: an approval carries out actions of all
        page.message_user(request, str(refusal), messages.WARNING)
    else:
        page.message_user(request, _("Done."), messages.SUCCESS)
