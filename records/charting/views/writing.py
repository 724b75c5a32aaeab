"""What the buttons of the note's form do. Whatever they are, the text is kept first."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from records.charting.actions import save_draft
from records.charting.errors import Locked, NotYours, StaleDraft
from records.charting.forms import NoteForms
from records.charting.models import Encounter, EncounterDraft
from records.charting.note import ROWS, Note, joined, shaped
from records.charting.views.pages import (
    conflict_page,
    read_page,
    readable,
    saved_at,
    write_page,
)

ADD = re.compile(rf"add-({'|'.join(ROWS)})")
REMOVE = re.compile(rf"remove-({'|'.join(ROWS)})-(\d{{1,4}})")


def answer(request: HttpRequest, encounter: Encounter) -> HttpResponse:
    """Save what was posted, then do what the button says."""
    forms = NoteForms.posted(request.POST)
    act = request.POST.get("act", "save")
    try:
        draft = save_draft(
            encounter=encounter,
            body=_after(act, forms, encounter),
            revision=revision_of(request.POST),
            by_user=request.membership.user,
            by=request.actor,
        )
    except NotYours as refusal:
        raise PermissionDenied from refusal
    except Locked as refusal:
        return _locked(request, encounter, forms, refusal)
    except StaleDraft as stale:
        return _stale(request, encounter, forms, stale)
    if _is_script(request):
        return JsonResponse(
            {"revision": draft.revision, "saved": saved_at(draft, encounter)}
        )
    if act == "sign" and not forms.is_signable():
        page = write_page(request, encounter, forms=forms, draft=draft)
        return render(request, "charting/write.html", page)
    return _go_on(request, encounter, act, draft)


def revision_of(data: QueryDict) -> int:
    """The revision the writer began from; -1, which no draft has, for nonsense."""
    text = data.get("revision", "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _after(act: str, forms: NoteForms, encounter: Encounter) -> Note:
    """The text as it is after the button: a row more or less, or both versions."""
    body = forms.body
    rows = {"diagnoses": body["diagnoses"], "lines": body["lines"]}
    if added := ADD.fullmatch(act):
        rows[added[1]].append(dict.fromkeys(ROWS[added[1]], ""))
    if removed := REMOVE.fullmatch(act):
        forms.forget(removed[1], int(removed[2]))
        return forms.body
    if act == "join":
        return joined(body, shaped(encounter.draft.body))
    return body


def _go_on(
    request: HttpRequest, encounter: Encounter, act: str, draft: EncounterDraft
) -> HttpResponse:
    where = {"clinic": request.clinic.slug, "uid": encounter.uid}
    if act == "sign":
        return redirect("charting:sign", **where)
    page = reverse("charting:encounter", kwargs=where)
    if added := ADD.fullmatch(act):
        last = len(draft.body[added[1]]) - 1
        return redirect(f"{page}#id_{added[1]}-{last}-{ROWS[added[1]][0]}")
    if removed := REMOVE.fullmatch(act):
        return redirect(f"{page}#{removed[1]}")
    messages.success(request, _("Draft saved."))
    return redirect(page)


def _stale(
    request: HttpRequest, encounter: Encounter, forms: NoteForms, stale: StaleDraft
) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"problem": stale.message}, status=409)
    page = conflict_page(request, encounter, forms=forms, draft=stale.draft)
    return render(request, "charting/write.html", page, status=409)


def _locked(
    request: HttpRequest, encounter: Encounter, forms: NoteForms, refusal: Locked
) -> HttpResponse:
    """The page says so, and still shows what was typed for nothing."""
    if _is_script(request):
        return JsonResponse({"problem": refusal.message}, status=409)
    page = read_page(request, encounter) | {
        "locked": refusal.message,
        "unsaved": readable(forms.body),
    }
    return render(request, "charting/note.html", page, status=409)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
