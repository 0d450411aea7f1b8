"""The people who sign in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in: staff with a password, members through WESTER ID without one."""

    class Meta(AbstractUser.Meta):
        permissions = [("manage_staff", "Can add staff users and give them roles")]
