"""What the steps ask for; a refusal of a file or a reason stands at its field."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bookings.delivery import BOM
from bookings.manifests import MAX_MANIFEST_BYTES, NAME_FORM
from core.errors import Refusal
from lottery import chains, voiding
from lottery.beacon import MAX_ANSWER_BYTES, BadBeacon, Round, read_round
from lottery.models import Draw
from points import correcting
from points.definitions import CREDIT_RESULTS
from points.models import CreditStatus, Transfer
from portal.desk.operations.progress import Progress
from portal.formats import grouped

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    Uploaded = UploadedFile[Any]  # generic in its stubs only

MAX_ANSWER_FILE_BYTES = 64 << 20  # as config/nginx.conf takes; some 600,000 answers


class StepForm(forms.Form):
    """The form of a step; one that asks for nothing has no fields."""

    def __init__(self, *args: Any, progress: Progress, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.progress = progress


class FreezeForm(StepForm):
    """When the random value that decides appears, and where it comes from."""

    round_time = forms.DateTimeField(
        label=gettext_lazy("The random value is the first one at or after (Japan time)"),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}),
    )
    chain = forms.ChoiceField(
        label=gettext_lazy("Where the random value comes from"),
        choices=Draw.Chain.choices,
        initial=chains.default_chain,
    )


class RoundForm(StepForm):
    """The file of the random value, where it is not fetched."""

    file = forms.FileField(
        label=gettext_lazy("File of the random value"),
        required=False,
        help_text=gettext_lazy(
            "Only where it cannot be fetched: the JSON that drand publishes under its number. "
            "Without a file it is fetched now."
        ),
    )

    def clean_file(self) -> Round | None:
        """Return the random value in the file; the draw verifies it."""
        file: Uploaded | None = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > MAX_ANSWER_BYTES:
            raise too_large(MAX_ANSWER_BYTES)
        try:
            return read_round(file.read().removeprefix(BOM))
        except BadBeacon as refusal:
            raise ValidationError(_("This file holds no random value of drand.")) from refusal


class VoidForm(StepForm):
    """Why a draw becomes void."""

    reason = forms.CharField(
        label=gettext_lazy("Reason (it will be published)"), max_length=voiding.MAX_REASON_LENGTH
    )


class DrawForm(StepForm):
    """Which draw of the campaign; the last one unless chosen."""

    draw = forms.TypedChoiceField(label=gettext_lazy("draw"), coerce=int)

    def __init__(self, *args: Any, progress: Progress, **options: Any) -> None:
        super().__init__(*args, progress=progress, **options)
        choices = [(one.sequence, name_draw(one)) for one in reversed(progress.draws)]
        self.fields["draw"].choices = choices  # type: ignore[attr-defined] # a choice field

    def clean_draw(self) -> Draw:
        """Return the chosen draw."""
        number = self.cleaned_data["draw"]
        return next(one for one in self.progress.draws if one.sequence == number)


class AnswerFileForm(StepForm):
    """A file of answers of the points system with its manifest, under their own names."""

    file = forms.FileField(
        label=gettext_lazy("File of answers"),
        help_text=gettext_lazy("credit_results-YYYYMMDD-NNN.csv, or packed as .csv.gz"),
    )
    manifest = forms.FileField(
        label=gettext_lazy("Its manifest"),
        help_text=gettext_lazy("The file of the same name that ends in .manifest.json"),
    )

    def clean_file(self) -> "Uploaded":
        """Check the size and the form of the name, which says feed, day and number."""
        file: Uploaded = self.cleaned_data["file"]
        if (file.size or 0) > MAX_ANSWER_FILE_BYTES:
            raise too_large(MAX_ANSWER_FILE_BYTES)
        form = NAME_FORM.fullmatch(file.name or "")
        if form is None or form.group(1) != CREDIT_RESULTS.name:
            raise ValidationError(
                _("This is no file of answers: its name must be credit_results-YYYYMMDD-NNN.csv.")
            )
        return file

    def clean_manifest(self) -> "Uploaded":
        """Check the size of the manifest, and that it is the file's."""
        manifest: Uploaded = self.cleaned_data["manifest"]
        if (manifest.size or 0) > MAX_MANIFEST_BYTES:
            raise too_large(MAX_MANIFEST_BYTES)
        file: Uploaded | None = self.cleaned_data.get("file")
        if file and manifest.name != f"{file.name}.manifest.json":
            raise ValidationError(
                _("This is the manifest of another file; expected: %(name)s")
                % {"name": f"{file.name}.manifest.json"}
            )
        return manifest


class ResolutionForm(StepForm):
    """How a key ends, and why."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        choices=[
            (CreditStatus.CREDITED, pgettext_lazy("a key", "Credited: the member has the points")),
            (CreditStatus.REJECTED, pgettext_lazy("a key", "Rejected: the points are forfeited")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=correcting.MAX_REASON_LENGTH)


class ReversalForm(StepForm):
    """Which credit was a mistake, and why."""

    transfer = forms.CharField(
        label=gettext_lazy("Number or key of the credit"),
        max_length=64,
        help_text=lazy(format_html, SafeString)(
            '<a href="{}">{}</a>',
            reverse_lazy("admin:points_transfer_changelist"),
            gettext_lazy("The list of transfers shows both."),
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=correcting.MAX_REASON_LENGTH)

    def clean_transfer(self) -> Transfer:
        """Return the transfer, which must be one of this campaign."""
        try:
            transfer = correcting.find_transfer(self.cleaned_data["transfer"].strip())
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        draw = transfer.award.draw if transfer.award else None
        if draw is None or draw.campaign_id != self.progress.campaign.pk:
            raise ValidationError(_("This is no credit of this campaign."))
        return transfer


class DismissalForm(forms.Form):
    """Why a row in quarantine is not needed."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, label_suffix="")


def too_large(limit: int) -> ValidationError:
    """Return the error of a file that is larger than so many bytes."""
    return ValidationError(
        _("The file is too large; at most %(limit)s bytes are taken.") % {"limit": grouped(limit)}
    )


def name_draw(draw: Draw) -> str:
    """Return the name of a draw among those of its campaign: 第1回抽選."""
    return _("draw %(number)s") % {"number": draw.sequence}
