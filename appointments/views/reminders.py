"""How a clinic reminds its patients, and how a person wants to be reminded."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.actions import reminder_settings as verbs
from appointments.actions.reminding import usual_policy
from appointments.models import ReminderChoice, ReminderRule
from appointments.reminders import pages
from appointments.reminders.forms import ChoiceForm, PolicyForm, ReminderForm
from clinics.access import Permission, access, own_record
from clinics.crumbs import crumbs
from clinics.tabs import settings_tabs
from healthcare import clock

HERE = "appointments:reminders"


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    clinic = request.clinic
    policy = usual_policy(clinic)
    form = PolicyForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid():
        verbs.change_policy(clinic=clinic, values=form.cleaned_data, by=request.actor)
        return _saved(request)
    rules = list(ReminderRule.objects.visible_to(request.membership))
    context = {
        "form": form,
        "rules": pages.rule_rows(clinic, rules),
        "preview": pages.preview(policy, rules, clock.now()),
        "has_sms": pages.has_sms(),
        "tabs": settings_tabs(clinic, HERE),
        "trail": crumbs(clinic, (_("Settings"), "")),
    }
    return render(request, "appointments/reminders.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_reminder(request: HttpRequest) -> HttpResponse:
    form = ReminderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verbs.add_rule(clinic=request.clinic, values=form.values(), by=request.actor)
        return _saved(request)
    return _rule_page(request, form, _("New reminder"))


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reminder(request: HttpRequest, uid: UUID) -> HttpResponse:
    rule = _rule(request, uid)
    form = ReminderForm(request.POST or None, rule=rule)
    if request.method == "POST" and form.is_valid():
        verbs.change_rule(rule=rule, values=form.values(), by=request.actor)
        return _saved(request)
    return _rule_page(request, form, pages.rule_title(rule))


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    rule = _rule(request, uid)
    if request.method == "POST":
        verbs.remove_rule(rule=rule, by=request.actor)
        messages.success(request, _("The reminder is removed."))
        return redirect(HERE, clinic=request.clinic.slug)
    context = {
        "rule": pages.rule_title(rule),
        "back_url": reverse(HERE, args=[request.clinic.slug]),
        "trail": crumbs(request.clinic, (_("Reminders"), HERE), (_("Remove"), "")),
    }
    return render(request, "appointments/reminder_remove.html", context)


@own_record
@require_http_methods(["GET", "HEAD", "POST"])
def my_reminders(request: HttpRequest) -> HttpResponse:
    person = request.person
    problem = pages.sms_problem(person)
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        choice=ReminderChoice.objects.of_person(person),
        has_sms=not problem,
        is_doctor=pages.is_doctor(person),
    )
    if request.method == "POST" and form.is_valid():
        verbs.choose_reminders(
            person=person, values=form.cleaned_data, by=request.actor
        )
        messages.success(request, _("Saved."))
        return redirect("appointments:my_reminders")
    context = {
        "form": form,
        "sms_problem": problem,
        "needs_phone": bool(problem) and pages.has_sms(),
        "phone": person.phone,
    }
    return render(request, "appointments/my_reminders.html", context)


def _rule(request: HttpRequest, uid: UUID) -> ReminderRule:
    visible = ReminderRule.objects.visible_to(request.membership)
    return get_object_or_404(visible.select_related("clinic"), uid=uid)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(HERE, clinic=request.clinic.slug)


def _rule_page(request: HttpRequest, form: ReminderForm, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "has_sms": pages.has_sms(),
        "back_url": reverse(HERE, args=[request.clinic.slug]),
        "trail": crumbs(request.clinic, (_("Reminders"), HERE), (title, "")),
    }
    return render(request, "appointments/reminder.html", context)
