"""Campaigns and their terms, approvals, staff."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in: staff by password, members through WESTER ID."""
