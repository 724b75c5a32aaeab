"""Why a verb would not act, in words for the person who asked."""

from django.utils.translation import gettext as _

from records.charting.models import EncounterDraft


class ChartingError(Exception):
    """Base of all; `message` can be shown as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotYours(ChartingError):
    """Only the doctor of the appointment writes and signs its note."""

    def __init__(self) -> None:
        super().__init__(_("Only the doctor of this visit can write its note."))


class Locked(ChartingError):
    """The note is signed."""

    def __init__(self) -> None:
        super().__init__(_("This note is signed and can no longer be changed."))


class StaleDraft(ChartingError):
    """Somebody saved in the meantime; `draft` is what they saved."""

    def __init__(self, draft: EncounterDraft) -> None:
        super().__init__(_("This note was changed somewhere else in the meantime."))
        self.draft = draft


class Unsignable(ChartingError):
    """The note is not whole; `problems` says what is missing, line by line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems
