from appointments.actions.availability import (
    HoursOverlap,
    add_weekly_rule,
    clear_day_block,
    remove_weekly_rule,
    set_day_block,
)
from appointments.actions.booking import book
from appointments.actions.cancelling import cancel
from appointments.actions.errors import (
    Blocked,
    BookingError,
    NotAllowed,
    NotBookable,
    SlotTaken,
    WrongStatus,
)
from appointments.actions.visits import (
    arrive,
    complete,
    mark_no_show,
    note_opened,
    revert_arrival,
    revert_no_show,
    start,
)

__all__ = [
    "Blocked",
    "BookingError",
    "HoursOverlap",
    "NotAllowed",
    "NotBookable",
    "SlotTaken",
    "WrongStatus",
    "add_weekly_rule",
    "arrive",
    "book",
    "cancel",
    "clear_day_block",
    "complete",
    "mark_no_show",
    "note_opened",
    "remove_weekly_rule",
    "revert_arrival",
    "revert_no_show",
    "set_day_block",
    "start",
]
