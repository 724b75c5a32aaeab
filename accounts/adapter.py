"""Where allauth meets the house: its mail, its passwords, its new accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core import context as allauth_context
from css_inline import inline
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.urls import reverse

from accounts import actions
from accounts.addresses import clean_address
from accounts.models import User
from healthcare.outbox.actions import queue_email


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: Any) -> None:
        """Into the outbox; sensitive, as most of it holds a link that lets one in."""
        request = allauth_context.request
        values = {"request": request, "email": email, **context}
        values |= {"current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, values)
        html = next((part[0] for part in getattr(message, "alternatives", ())), "")
        queue_email(
            kind=template_prefix,
            to=email,
            subject=message.subject,
            text=message.body,
            html=inline(html) if html else "",
            sensitive=True,
        )

    def clean_email(self, email: str) -> str:
        return clean_address(email)

    def save_user(
        self, request: HttpRequest, user: User, form: Any, commit: bool = True
    ) -> User:
        super().save_user(request, user, form, commit=False)
        if commit:
            actions.open_account(user=user)
        return user

    def set_password(self, user: User, password: str) -> None:
        """Called for a change by the signed-in user and for a reset through a link."""
        request = allauth_context.request
        own = request.user == user
        user.set_password(password)
        actions.save_password(
            user=user,
            how="Password changed" if own else "Password set through a mailed link",
            by=user.as_actor(role=""),
            keep_session=(request.session.session_key or "") if own else "",
        )

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: Any
    ) -> str:
        """With `next`, so that a link opened on another device leads there too."""
        url = super().get_email_confirmation_url(request, emailconfirmation)
        return passthrough_next_redirect_url(request, url, REDIRECT_FIELD_NAME)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:security")
