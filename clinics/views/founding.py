"""Signing up as a clinic."""

from allauth.account.views import SignupView
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinics.access import public
from clinics.actions import ClinicError, create_clinic
from clinics.forms.founding import FoundingForm, FoundingWithAccountForm


class FoundingView(SignupView):
    """allauth's sign-up, so that its verification, limits and silence hold here too."""

    template_name = "clinics/signup.html"

    def get_form_class(self) -> type[FoundingWithAccountForm]:
        return FoundingWithAccountForm


with_account = FoundingView.as_view()


@public
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return with_account(request)
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            clinic = create_clinic(
                **form.clinic_values(), owner=request.user, by=request.actor
            )
        except ClinicError as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("Your clinic is there. Now set it up."))
            return redirect("clinics:overview", clinic=clinic.slug)
    return render(request, "clinics/signup.html", {"form": form})
