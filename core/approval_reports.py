"""What a command reports of the approval that it requested."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.commands import Report
from core.models import Approval


def report_request(
    subject: str,
    approval: Approval | None,
    *,
    data: Mapping[str, Any],
    nothing: str,
    dry_run: bool,
) -> Report:
    """Report that approval was requested and how it is given, or that none is needed.

    Args:
        subject: what the approval is about, such as ``Draw 012025121203/1``.
        approval: the open request; None where what is requested is done already.
        data: what the JSON object says of the subject besides.
        nothing: the sentence for no approval.
        dry_run: whether the request was rolled back.
    """
    if approval is None:
        return Report({**data, "approval": None}, nothing)
    if dry_run:
        return Report({**data, "approval": None}, f"{subject}: would ask for approval.")
    return Report(
        {**data, "approval": approval.pk, "content_sha256": approval.content_sha256},
        f"{subject}: {describe_request(approval)}",
    )


def describe_request(approval: Approval) -> str:
    """Return that approval was requested, and how another person gives it in this installation."""
    if settings.ALLOW_COMMAND_APPROVAL:
        step = f"runs: approval approve {approval.pk} --by USER"
    else:
        page = reverse("desk:approval", args=[approval.pk])
        step = f"signs in at {page} and approves it there (承認して実行する)"
    return f"asked for approval {approval.pk}; another person {step}"


def describe_shell(approval: Approval) -> str:
    """Return that a request came from a shell, whose, and whom to ask; empty for a page's."""
    if not approval.requested_os_user:
        return ""
    return _(
        "A command asked for it: the user %(os_user)s on the machine %(host)s named %(name)s. A "
        "shell cannot prove who typed: ask %(name)s whether it was them before you approve."
    ) % {
        "os_user": approval.requested_os_user,
        "host": approval.requested_host,
        "name": approval.requested_by_name,
    }
