"""The admin pages of staff accounts: seen, added, given roles, reset and disabled, never edited.

They call the operations of the command ``staff`` and ask for the second factor again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock, staff, staff_access
from core.admin_base import ModelAdmin, ReadOnlyAdmin, render_admin_page, require_permission
from core.coded import yes_column
from core.errors import Refusal
from core.models import Approval, User
from core.roles import ROLE_NAMES
from core.second_factor import ask_again, has_factor
from core.staff import MAY_MANAGE, Changed, generate_password

# Django's own pages of groups would change what a role may do; migrate grants it (core.roles).
admin.site.unregister(Group)


class RoleForm(forms.Form):
    """The role that is given or taken."""

    role = forms.ChoiceField(label=_("role"), choices=ROLE_NAMES)


class NewAccountForm(RoleForm):
    """The name of a new account, and its first role."""

    field_order = ("username", "role")
    username = forms.CharField(label=_("user name"), max_length=staff.MAX_NAME_LENGTH)


@dataclass(frozen=True)
class Change:
    """A change of an account: what its page says, and the operation that makes it."""

    title: Promise
    explanation: Promise
    operation: Callable[..., Changed]
    form: type[forms.Form] = forms.Form
    has_password: bool = False


CHANGES = {
    "add_role": Change(
        _("Give a role"),
        _("The role approver is given once an approver has approved it."),
        staff.add_role,
        RoleForm,
    ),
    "remove_role": Change(
        _("Take a role"),
        _("From now on the account may no longer do what this role may."),
        staff.remove_role,
        RoleForm,
    ),
    "reset": Change(
        _("Reset password and second factor"),
        _(
            "A new initial password is shown once; give it to the person yourself. For an approver "
            "this opens an approval: once it is given, nobody can sign in to the account, and the "
            "same reset again shows the new password."
        ),
        staff_access.reset_staff,
        has_password=True,
    ),
    "disable": Change(
        _("Disable the account"),
        _("The person is signed out and cannot sign in again. The name stays on record."),
        staff_access.disable_staff,
    ),
}


YES = pgettext_lazy("column", "yes")
ACTIVE = yes_column("is_active", pgettext_lazy("a staff account", "in use"), YES)
ALL_RIGHTS = yes_column("is_superuser", pgettext_lazy("a staff account", "all rights"), YES)
NEW_PASSWORD = yes_column("must_change_password", _("must change the password"), YES)


class RoleFilter(admin.SimpleListFilter):
    """Filter by a role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, Any]]:
        """Return the roles by their names."""
        return list(ROLE_NAMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Return the accounts that have the chosen role."""
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class StaffAdmin(ReadOnlyAdmin):
    """The staff accounts, for the role that runs them."""

    change_list_template = "admin/core/accounts.html"
    change_form_template = "admin/core/account.html"
    list_display = ["username", "roles", ACTIVE, "factor", NEW_PASSWORD]
    list_filter = ["is_active", RoleFilter]
    search_fields = ["username"]
    ordering = ["username"]
    fields = [
        "username",
        "roles",
        ACTIVE,
        ALL_RIGHTS,
        "factor",
        NEW_PASSWORD,
        "last_login",
        "date_joined",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return staff only: a member's account has no name."""
        people: QuerySet[User] = super().get_queryset(request)
        return people.filter(is_staff=True).prefetch_related("groups")

    def get_form(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Return the form without Django's hints: they are for who edits the fields."""
        hints = dict.fromkeys(("username", "is_active", "is_superuser"), "")
        return super().get_form(request, *args, **{**options, "help_texts": hints})

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return whether the user runs accounts."""
        return request.user.has_perm(MAY_MANAGE)

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Return the names of the roles."""
        names = sorted(group.name for group in user.groups.all())
        return pgettext("between roles", ", ").join(
            str(ROLE_NAMES.get(name, name)) for name in names
        )

    @admin.display(description=_("second factor"))
    def factor(self, user: User) -> str:
        """Return whether the person has set up a second factor."""
        return pgettext("column", "yes") if has_factor(user) else "－"

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that change an account."""
        changes = [
            path(
                f"<int:pk>/{name}/",
                admin.site.admin_view(partial(change_account, name=name)),
                name=f"core_user_{name}",
            )
            for name in CHANGES
        ]
        new = path("new/", admin.site.admin_view(add_account), name="core_user_new")
        return [new, *changes, *super().get_urls()]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_account(request: HttpRequest) -> HttpResponse:
    """Add a staff user with a role, like the command ``staff add``."""
    actor = require_permission(request, MAY_MANAGE)
    if again := ask_again(request):
        return again
    form = NewAccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        password = generate_password()
        try:
            added = staff.add_staff(
                **form.cleaned_data, password=password, actor=actor, at=clock.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return report(request, added.user, added.approval, password if added.created else "")
    context = {
        "title": gettext("Add a staff account"),
        "explanation": CHANGES["add_role"].explanation,
        "form": form,
    }
    return render_admin_page(request, "admin/core/change_account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change_account(request: HttpRequest, pk: int, *, name: str) -> HttpResponse:
    """Change an account, like the command ``staff``; the page says what will happen."""
    actor = require_permission(request, MAY_MANAGE)
    if again := ask_again(request):
        return again
    user = get_object_or_404(User, pk=pk, is_staff=True)
    change = CHANGES[name]
    form = change.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        password = {"password": generate_password()} if change.has_password else {}
        values: dict[str, Any] = {**form.cleaned_data, **password}
        try:
            done = change.operation(username=user.username, **values, actor=actor, at=clock.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return report(
                request, user, done.approval, password.get("password", "") if done.changed else ""
            )
    context = {
        "title": change.title,
        "explanation": change.explanation,
        "form": form,
        "account": user,
    }
    return render_admin_page(request, "admin/core/change_account.html", context)


def report(
    request: HttpRequest, user: User, approval: Approval | None, password: str
) -> HttpResponse:
    """Show a new password, once, or lead back to the account with what was done."""
    if approval:
        messages.success(request, gettext("Approval was requested; an approver finds it."))
    elif not password:
        messages.success(request, gettext("Done."))
    if not password:
        return redirect("admin:core_user_change", user.pk)
    context = {"title": gettext("Initial password"), "account": user, "password": password}
    return render_admin_page(request, "admin/core/password.html", context)
