from uuid import uuid4

from django.db import models


class PublicModel(models.Model):
    """A row people can address: integers stay inside, `uid` goes into URLs."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
