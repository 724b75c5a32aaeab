"""Signed-in people who ask for pages, without a network in between."""

from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler

from accounts.models import User

site = WSGIHandler()


class WrongAnswer(Exception):
    """A page that is measured must be the page itself."""


class Visitor:
    def __init__(self, email: str = "") -> None:
        self.cookie = _session_of(email) if email else ""

    def get(self, path: str) -> bytes:
        """The page, through every middleware. Raises WrongAnswer unless it is 200."""
        environ: dict[str, Any] = {
            "PATH_INFO": path.partition("?")[0],
            "QUERY_STRING": path.partition("?")[2],
            "HTTP_HOST": "testserver",
        }
        if self.cookie:
            environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={self.cookie}"
        setup_testing_defaults(environ)
        response = site(environ, _start)
        try:
            body = b"".join(response)
        finally:
            response.close()
        if response.status_code != 200:
            raise WrongAnswer(f"{path} answers {response.status_code}")
        return body


def _start(status: str, headers: Any, failed: Any = None) -> Callable[[bytes], None]:
    return lambda body: None


def _session_of(email: str) -> str:
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
