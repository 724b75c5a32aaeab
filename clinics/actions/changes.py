"""How the verbs change a row: only what differs, checked, and named in the save."""

from collections.abc import Mapping

from django.db import models


def change(row: models.Model, changes: Mapping[str, object]) -> list[str]:
    """Save the given values where they differ from the stored ones; names the fields.

    A form may have set them on the row already. Raises ValidationError when the model
    refuses a value.
    """
    stored = type(row)._base_manager.get(pk=row.pk)
    changed = [name for name in changes if getattr(stored, name) != changes[name]]
    if not changed:
        return []
    for name in changed:
        setattr(row, name, changes[name])
    kept = {field.name for field in row._meta.fields} - set(changed)
    row.full_clean(exclude=kept)
    row.save(update_fields=changed)
    return changed
