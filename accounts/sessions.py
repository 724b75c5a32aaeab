"""Ending sessions: the stored ones, and any that nobody listed."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User


def end_sessions(user: User, *, keep: str = "") -> None:
    """Remove the user's sessions but the one with the key `keep`."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=keep):
        session.end()


@transaction.atomic
def end_other_sessions(request: HttpRequest, user: User) -> None:
    """Only the session that asks goes on, under a new key."""
    user.session_generation += 1
    user.save(update_fields=["session_generation"])
    if request.user == user:
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)
    end_sessions(user, keep=request.session.session_key or "")
