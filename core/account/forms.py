"""The forms of signing in and of the own account."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.errors import Refusal
from core.models import User
from core.sign_in.backends import STAFF_BACKEND
from core.sign_in.factors import MAX_NAME
from core.sign_in.passwords import check_own_password, check_sign_in

if TYPE_CHECKING:
    NewPasswordForm = SetPasswordForm[User]  # generic only in its stubs
else:
    NewPasswordForm = SetPasswordForm
MAX_CODE = 40


class SignInForm(AdminAuthenticationForm):
    """Name and password; every wrong one is counted."""

    def clean(self) -> dict[str, Any]:
        """Find the account by name and password."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name is not None and password and self.request is not None:
            try:
                self.user_cache = check_sign_in(
                    request=self.request, username=name, password=password, at=clock.now()
                )
            except Refusal as refusal:
                raise ValidationError(str(refusal), code="refused") from refusal
            self.user_cache.backend = STAFF_BACKEND
        return self.cleaned_data


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=pgettext_lazy("staff sign-in", "Code"),
        max_length=MAX_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class KeyForm(forms.Form):
    """What a security key answered; a script of ours fills it in."""

    name = forms.CharField(
        label=pgettext_lazy("staff sign-in", "Name of the key"),
        max_length=MAX_NAME,
        required=False,
    )
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        """Accept an object only."""
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise ValidationError(_("The security key did not answer."), code="invalid")
        return credential


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one twice."""

    old_password = forms.CharField(
        label=pgettext_lazy("staff sign-in", "Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.request = kwargs.pop("request")
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        """Check the present password, as at sign-in."""
        password: str = self.cleaned_data["old_password"]
        try:
            check_own_password(
                request=self.request, user=self.user, password=password, at=clock.now()
            )
        except Refusal as refusal:
            raise ValidationError(str(refusal), code="refused") from refusal
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse the present password as the new one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("old_password") and cleaned["old_password"] == cleaned.get("new_password1"):
            raise ValidationError(
                _("The new password is the present one. Choose another one."),
                code="same_password",
            )
        return cleaned
