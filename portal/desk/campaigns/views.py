"""The pages: the list, a new campaign, the steps of a draft, and what becomes of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campaign import drafting, terms
from campaign.drafting import Draft
from campaign.findings import refusing
from campaign.refusals import CodeTaken, DraftChanged, UnknownCampaign
from core import clock
from core.admin_base import require_permission
from core.canonical_json import content_sha256
from core.errors import Refusal
from core.models import Approval, AuditRecord
from portal import formats
from portal.desk.campaigns import listed, summary
from portal.desk.campaigns.editor import Editor, StepForm
from portal.desk.campaigns.fields import CodeField, LineField, in_language
from portal.desk.campaigns.name_step import NAME
from portal.desk.campaigns.steps import BY_SLUG, STEPS, Step, point_out, sentence_of
from portal.desk.frame import render_desk_page

VIEW = "campaign.view_terms"
ROOM = "desk/campaigns"


class NewForm(StepForm):
    """What a new campaign begins with."""

    code = CodeField(
        label=pgettext_lazy("desk", "Code of the campaign"),
        help_text=pgettext_lazy(
            "desk", "It stands in the addresses of its pages and in the feeds, and never changes."
        ),
    )
    name_ja = LineField(label=in_language(NAME, "ja"))
    name_en = LineField(label=in_language(NAME, "en"))


class RequestForm(StepForm):
    """The request for publication."""

    checked_by_legal = forms.BooleanField(
        label=pgettext_lazy("desk", "The legal department has checked conditions and texts.")
    )


def find_draft(code: str) -> Draft:
    """Return a draft, or what is in force.

    Raises:
        Http404: there is neither.
    """
    try:
        return drafting.find_draft(code)
    except UnknownCampaign as unknown:
        raise Http404 from unknown


@require_safe
def show_campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns and the drafts of new ones."""
    actor = require_permission(request, VIEW)
    context = {
        "title": pgettext("desk", "Campaigns"),
        "campaigns": listed.campaigns(now=clock.now()),
        "may_announce": actor.user.has_perm("lottery.view_draw"),
        "may_change": actor.user.has_perm(terms.MAY_CHANGE),
    }
    return render_desk_page(request, f"{ROOM}/campaigns.html", context)


def new_campaign(request: HttpRequest) -> HttpResponse:
    """Start the draft of a new campaign."""
    return start(request, source=None)


def copy_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Start the draft of a new campaign as a copy of another one, a year later."""
    return start(request, source=find_draft(code))


def start(request: HttpRequest, *, source: Draft | None) -> HttpResponse:
    """Ask for code and name, then start the draft."""
    actor = require_permission(request, terms.MAY_CHANGE)
    name = source.content["name"] if source else {}
    initial = {f"name_{language}": text for language, text in name.items()}
    form = NewForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values: dict[str, Any] = {
            "code": given["code"],
            "name": {language: given[f"name_{language}"] for language in ("ja", "en")},
            "actor": actor,
            "at": clock.now(),
        }
        try:
            if source:
                drafting.copy_draft(source=source.code, **values)
            else:
                drafting.start_draft(**values)
        except CodeTaken as taken:
            form.add_error("code", str(taken))
        else:
            return HttpResponseRedirect(reverse("desk:campaign_step", args=[given["code"], "name"]))
    title = pgettext("desk", "Copy a campaign, a year later") if source else None
    context = {
        "title": title or pgettext("desk", "New campaign"),
        "form": form,
        "source": summary.in_language_of_page(source.content["name"]) if source else "",
    }
    return render_desk_page(request, f"{ROOM}/new.html", context)


def edit_step(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Show a step of a draft, and save it."""
    actor = require_permission(request, terms.MAY_CHANGE)
    step = BY_SLUG.get(slug)
    if step is None:
        raise Http404
    draft = find_draft(code)
    shown = drafting.hash_of_places(draft.content, step.places)
    if request.method != "POST":
        return render_step(request, draft, step, step.editor(step.values_of(draft.content)), shown)
    editor = step.editor(step.values_of(draft.content), request.POST)
    if not editor.is_valid():
        messages.error(request, pgettext("desk", "Not saved. See the marked fields."))
        return render_step(request, draft, step, editor, request.POST.get("shown", ""))
    try:
        drafting.change_draft(
            code=code,
            values=editor.values(),
            shown=request.POST.get("shown", ""),
            actor=actor,
            at=clock.now(),
        )
    except DraftChanged:
        return render_step(request, draft, step, editor, shown, changed_by=last_change(code))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return render_step(request, draft, step, editor, shown)
    return HttpResponseRedirect(after_saving(request, code, step))


def after_saving(request: HttpRequest, code: str, step: Step) -> str:
    """Return where to go on: to the next step, or back to this one if something is wrong in it."""
    findings = refusing(drafting.check_draft(drafting.find_draft(code)))
    is_wrong = any(
        step.has(found.field) and found.code not in ("text_missing", drafting.MISSING)
        for found in findings
    )
    if is_wrong:
        messages.warning(request, pgettext("desk", "Saved. Mend what the marked fields say."))
    else:
        messages.success(request, pgettext("desk", "Saved."))
    if is_wrong or "stay" in request.POST:
        return reverse("desk:campaign_step", args=[code, step.slug])
    following = STEPS[STEPS.index(step) + 1 :]
    if not following:
        return reverse("desk:campaign", args=[code])
    return reverse("desk:campaign_step", args=[code, following[0].slug])


def render_step(
    request: HttpRequest,
    draft: Draft,
    step: Step,
    editor: Editor,
    shown: str,
    *,
    changed_by: AuditRecord | None = None,
) -> HttpResponse:
    """Render a step with what the checks find in it."""
    findings = drafting.check_draft(draft)
    warnings = []
    for finding in findings:
        if not step.has(finding.field) or finding.code in (drafting.MISSING, "text_missing"):
            continue
        at = editor.find_field(finding.field) if finding.refuses else None
        if at and not at[0].is_bound:
            at[0].point_out(at[1], sentence_of(finding))
        elif not at:
            warnings.append(sentence_of(finding))
    context = {
        **about(draft, step.slug),
        "groups": editor.groups(),
        "shown": shown,
        "warnings": warnings,
        "changed_by": changed_by,
        **law_context(draft.content),
    }
    return render_desk_page(request, f"{ROOM}/step.html", context)


def about(draft: Draft, here: str) -> dict[str, Any]:
    """Return what every page of a draft shows."""
    return {
        "title": summary.in_language_of_page(draft.content["name"]) or draft.code,
        "draft": draft,
        "steps": STEPS,
        "here": here,
        "step_name": BY_SLUG[here].name if here in BY_SLUG else "",
    }


def law_context(content: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the prize law for a draft; without them while an amount is missing."""
    figures = drafting.law_figures_of(content)
    if figures is None:
        return {"figures": None}
    names = summary.names_in_content(content["prizes"])
    return {
        "figures": figures,
        "law_lines": summary.law_lines(figures, names),
        "law_sums": {
            "largest": formats.grouped(figures.largest),
            "limit": formats.grouped(figures.limit),
        },
    }


@require_POST
def show_law(request: HttpRequest, code: str) -> HttpResponse:
    """Show the figures of the law for the amounts that are being typed; nothing is saved."""
    require_permission(request, terms.MAY_CHANGE)
    draft, step = find_draft(code), BY_SLUG["amounts"]
    editor = step.editor(step.values_of(draft.content), request.POST)
    context: dict[str, Any] = {"figures": None}
    if editor.is_valid():
        context = law_context(drafting.with_places(draft.content, editor.values()))
    return render(request, f"{ROOM}/_law.html", context)


def last_change(code: str) -> AuditRecord | None:
    """Return who changed a draft last."""
    actions = (drafting.EDITED, drafting.STARTED, drafting.DISCARDED, "campaign.load")
    changes = AuditRecord.objects.filter(subject=code, action__in=actions)
    return changes.order_by("-id").first()


def show_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Show a draft, or what is in force, in words, and request its publication."""
    actor = require_permission(request, VIEW)
    draft = find_draft(code)
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require_permission(request, terms.MAY_REQUEST)
        if form.is_valid():
            try:
                drafting.request_publication(
                    code=code, shown=request.POST.get("shown", ""), actor=actor, at=clock.now()
                )
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                sentence = pgettext(
                    "desk", "You have requested the publication. It is shown to the approvers."
                )
                messages.success(request, sentence)
                return HttpResponseRedirect(reverse("desk:campaign", args=[code]))
    return render_campaign(request, draft, form)


def render_campaign(request: HttpRequest, draft: Draft, form: RequestForm) -> HttpResponse:
    """Render the last step: what is missing, all in words, the law, what changes."""
    user = require_permission(request, VIEW).user
    findings = point_out(draft, drafting.check_draft(draft))
    shown = draft.saved or draft.in_force
    is_revision = draft.saved is not None and draft.in_force is not None
    waiting = last_request(draft.code)
    context = {
        **about(draft, "check"),
        "findings": findings,
        "refused": any(one.refuses for one in findings),
        "may_change": user.has_perm(terms.MAY_CHANGE) and not draft.is_frozen,
        "may_request": user.has_perm(terms.MAY_REQUEST),
        "lines": summary.in_words(shown) if shown else [],
        "texts": summary.texts_of(shown) if shown else {},
        "changes": summary.changes_in_words(draft.in_force, draft.saved)
        if draft.in_force and draft.saved
        else [],
        "other_changes": list(summary.other_changes(draft.in_force, draft.saved))
        if draft.in_force and draft.saved
        else [],
        "is_revision": is_revision,
        "last_request": waiting,
        "waits_unchanged": waits_unchanged(draft, waiting),
        "shown": drafting.hash_to_publish(draft),
        "form": form,
        "preview": address_of("desk:preview", draft.code) if shown else "",
        "rehearsal": address_of("desk:rehearsal", draft.code) if shown else "",
        **law_context(draft.content),
    }
    return render_desk_page(request, f"{ROOM}/check.html", context)


def last_request(code: str) -> Approval | None:
    """Return the last request to publish a campaign's terms, waiting or decided."""
    requests = Approval.objects.filter(action__in=(terms.PUBLISH, terms.REVISE), subject=code)
    return requests.order_by("-id").first()


def waits_unchanged(draft: Draft, request: Approval | None) -> bool:
    """Return whether the draft waits for approval as it stands."""
    if request is None or request.state != Approval.State.OPEN:
        return False
    if draft.saved is None or draft.is_unfinished:
        return False
    content = {"version": draft.saved.version, **terms.written_values(draft.saved)}
    return content_sha256(content) == request.content_sha256


def address_of(name: str, code: str) -> str:
    """Return the address of a page about a campaign; empty where there is no such page."""
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Discard the changes of a draft that are not complete."""
    actor = require_permission(request, terms.MAY_CHANGE)
    drafting.discard_changes(code=code, actor=actor, at=clock.now())
    messages.success(request, pgettext("desk", "The changes that were not complete are discarded."))
    return HttpResponseRedirect(reverse("desk:campaigns"))
