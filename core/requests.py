"""What a command reports of an approval that it opened."""

from django.conf import settings
from django.urls import reverse

from core.models import Approval


def describe_request(approval: Approval) -> str:
    """Return that approval was asked for, and how another person gives it in this installation."""
    if settings.ALLOW_COMMAND_APPROVAL:
        step = f"runs: approval approve {approval.pk} --by USER"
    else:
        page = reverse("admin:core_approval_changelist")
        step = f"signs in at {page} and approves it there (承認して実行する)"
    return f"asked for approval {approval.pk}; another person {step}"
