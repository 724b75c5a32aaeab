from appointments.actions.approving import approve
from appointments.actions.availability import (
    HoursOverlap,
    add_weekly_rule,
    change_weekly_rule,
    clear_day_block,
    remove_weekly_rule,
    set_day_block,
)
from appointments.actions.booking import book
from appointments.actions.cancelling import cancel, is_late_to_cancel, restore
from appointments.actions.checkin import check_in, replace_poster
from appointments.actions.errors import (
    Blocked,
    BookingError,
    LimitReached,
    NotAllowed,
    NotBookable,
    SlotTaken,
    WrongStatus,
)
from appointments.actions.feeds import note_feed_read, open_feed, revoke_feed
from appointments.actions.holding import clear_holds, hold, let_go
from appointments.actions.holidays import (
    HolidayExists,
    add_holiday,
    import_holidays,
    remove_holiday,
)
from appointments.actions.links import (
    LinkLocked,
    WrongBirthDate,
    actor_by_link,
    check_birth_date,
    is_locked,
    note_link_opened,
)
from appointments.actions.many import Done, Failed, Move, cancel_each, move_each
from appointments.actions.rescheduling import reschedule
from appointments.actions.series import book_series
from appointments.actions.time_away import (
    Decided,
    Fate,
    Session,
    VisitsHit,
    add_extra_session,
    remove_exception,
    take_time_away,
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
    "Decided",
    "Done",
    "Failed",
    "Fate",
    "HolidayExists",
    "HoursOverlap",
    "LimitReached",
    "LinkLocked",
    "Move",
    "NotAllowed",
    "NotBookable",
    "Session",
    "SlotTaken",
    "VisitsHit",
    "WrongBirthDate",
    "WrongStatus",
    "actor_by_link",
    "add_extra_session",
    "add_holiday",
    "add_weekly_rule",
    "approve",
    "arrive",
    "book",
    "book_series",
    "cancel",
    "cancel_each",
    "change_weekly_rule",
    "check_birth_date",
    "check_in",
    "clear_day_block",
    "clear_holds",
    "complete",
    "hold",
    "import_holidays",
    "is_late_to_cancel",
    "is_locked",
    "let_go",
    "mark_no_show",
    "move_each",
    "note_feed_read",
    "note_link_opened",
    "note_opened",
    "open_feed",
    "remove_exception",
    "remove_holiday",
    "remove_weekly_rule",
    "replace_poster",
    "reschedule",
    "restore",
    "revert_arrival",
    "revert_no_show",
    "revoke_feed",
    "set_day_block",
    "start",
    "take_time_away",
]
