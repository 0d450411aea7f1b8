"""The people who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class User(AbstractUser):
    """A person who signs in: staff with a password, members through WESTER ID without one."""

    must_change_password = models.BooleanField(
        _("must change the password"),
        default=False,
        db_default=False,
        db_comment="Somebody else chose the password: only its change is open until it is changed.",
    )

    class Meta(AbstractUser.Meta):
        verbose_name = pgettext_lazy("in lists", "staff account")  # type: ignore[assignment]
        verbose_name_plural = pgettext_lazy("in lists", "staff accounts")  # type: ignore[assignment]
        permissions = [("manage_staff", "Can add staff users and give them roles")]
