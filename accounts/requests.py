"""What a request is once a policy let it through; for annotations."""

from django.http import HttpRequest

from accounts.models import User
from healthcare.audit.actors import Actor


class SignedInRequest(HttpRequest):
    user: User
    actor: Actor
