"""Accounts at the stand-in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Account(AbstractBaseUser):
    """An account: a name (OpenID Connect's sub), and a WESTER ID or none."""

    name = models.CharField(max_length=255, unique=True)
    wester_id = models.CharField(max_length=255, blank=True)
    objects: ClassVar[models.Manager["Account"]] = models.Manager()

    USERNAME_FIELD = "name"
