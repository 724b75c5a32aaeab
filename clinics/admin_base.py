"""What every page of the staff admin has in common: rows and choices of one's own
clinics, no deleting, changes through the verbs in actions.py."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext

from clinics.access import Permission
from clinics.admin_scope import StaffScope, scope_of
from clinics.models import Clinic

MOST_COUNTED = 10_000
LOOKUPS = ("", "__exact", "__in", "__isnull", "__gte", "__lt", "__id__exact")

Verb = Callable[[Any], object]


class Refusal(Exception):
    """A verb would not act; the message is for the person who asked."""


class CappedPaginator(Paginator):
    """Counts no further than people turn pages."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return int(rows.order_by()[:MOST_COUNTED].count())
        return len(rows)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("A few plain words. They are kept in the log."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": gettext_lazy("Give a reason.")},
    )


class StaffModelAdmin(admin.ModelAdmin):
    """`clinic_path` leads from a row to its clinic. Without `change` or `add`, rows
    are only read. `refusals` are what the model's verbs raise with a message."""

    clinic_path: ClassVar[str] = "clinic"
    view: ClassVar[Permission]
    change: ClassVar[Permission | None] = None
    add: ClassVar[Permission | None] = None
    refusals: ClassVar[tuple[type[Exception], ...]] = (Refusal,)

    view_on_site = False
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 50
    actions_selection_counter = True
    show_facets = admin.ShowFacets.NEVER

    def scope(self, request: HttpRequest) -> StaffScope:
        return scope_of(request)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request)
        return scope_of(request).limit(rows, self.view, clinic=self.clinic_path)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Whoever works at one clinic needs no column that names it."""
        shown = list(super().get_list_display(request))
        if scope_of(request).is_of_one_clinic and "clinic" in shown:
            shown.remove("clinic")
        return shown

    def has_module_permission(self, request: HttpRequest) -> bool:
        return scope_of(request).may(self.view)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.view, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change is not None and self._may(request, self.change, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add is not None and scope_of(request).may(self.add)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _may(self, request: HttpRequest, permission: Permission, obj: Any) -> bool:
        """A row is only ever one of `get_queryset`, so it is of a clinic of theirs."""
        return scope_of(request).may(permission, self.clinic_id_of(obj))

    def clinic_id_of(self, obj: Any) -> int | None:
        return getattr(obj, "clinic_id", None)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that the page offers: others would tell what is hidden."""
        own, fields = set(), set()
        for each in self.get_list_filter(request):
            if isinstance(each, type) and issubclass(each, admin.SimpleListFilter):
                own.add(each.parameter_name)
            else:
                fields.add(each[0] if isinstance(each, tuple) else each)
        return lookup in own | {f"{name}{end}" for name in fields for end in LOOKUPS}

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return to_field == self.opts.pk.name

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Choices are rows of the clinics whose rows may be changed here."""
        needed = self.change or self.add or self.view
        model = db_field.remote_field.model
        path = "pk" if model is Clinic else "clinic"
        rows = model._default_manager.all()
        kwargs["queryset"] = scope_of(request).limit(rows, needed, clinic=path)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Without the buttons that open other rows in small windows."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_add_related"):
            field.widget = field.widget.widget
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(
            request, {"title": title, **(extra_context or {})}
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """What a verb refuses is told on the page it was asked from."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.refusals as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.get_full_path())

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None and request.method == "GET":
            self.opened(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def opened(self, request: HttpRequest, obj: Any) -> None:
        """Somebody looks at a row; patients' rows note it."""

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        raise Http404

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> HttpResponse:
        """Of another clinic, or not there: the same answer."""
        raise Http404

    def log_addition(self, *args: Any) -> None:
        """The verbs write the audit log; Django's own stays empty."""

    def log_change(self, *args: Any) -> None:
        """See log_addition."""

    def log_deletions(self, *args: Any) -> None:
        """See log_addition."""

    def do_each(self, request: HttpRequest, rows: Iterable[Model], verb: Verb) -> None:
        """One verb after the other; a refusal of one does not undo the others."""
        done = 0
        for row in rows:
            try:
                with transaction.atomic():
                    verb(row)
                done += 1
            except self.refusals as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
        if done:
            told = ngettext("%(count)d row changed.", "%(count)d rows changed.", done)
            self.message_user(request, told % {"count": done}, messages.SUCCESS)

    def do_each_with_reason(
        self,
        request: HttpRequest,
        rows: "QuerySet[Any]",
        verb: Callable[[Any, str], object],
        *,
        title: str,
        word: str,
    ) -> HttpResponse | None:
        """The page that asks for a reason; with one, the verb for each row."""
        reason = self._ask_reason(request, rows, title=title, verb=word)
        if isinstance(reason, HttpResponse):
            return reason
        self.do_each(request, rows, lambda row: verb(row, reason))
        return None

    def _ask_reason(
        self, request: HttpRequest, rows: "QuerySet[Any]", *, title: str, verb: str
    ) -> str | HttpResponse:
        """The reason that was given, or the page that asks for it."""
        asked = "reason" in request.POST
        form = ReasonForm(request.POST if asked else None)
        if asked and form.is_valid():
            return str(form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "verb": verb,
            "form": form,
            "errors": form.errors,
            "rows": rows,
            "action": request.POST["action"],
            "selected": request.POST.getlist("_selected_action"),
        }
        return TemplateResponse(request, "admin/reason.html", context)
