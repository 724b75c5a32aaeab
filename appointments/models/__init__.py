from appointments.models.appointment import (
    HOLDING,
    ORDERS,
    OVERBOOKED,
    TRANSITIONS,
    Appointment,
    Status,
    StatusChange,
)
from appointments.models.availability import Block, DayBlock, WeeklyRule
from appointments.models.claim import Claim, Locked, Resource
from appointments.models.exceptions import Holiday, ScheduleException
from appointments.models.hold import Hold
from appointments.models.kinds import USUAL_KINDS, VisitType
from appointments.models.links import CalendarFeed, LinkTries, Poster
from appointments.models.policy import BookingPolicy, OnLimit
from appointments.models.reminder import (
    Delivery,
    Quiet,
    ReminderChoice,
    ReminderPolicy,
    ReminderRule,
)
from appointments.models.service import (
    Asset,
    AssetKind,
    Audience,
    Service,
    usual_service,
)
from appointments.models.together import GroupSession, Series
from appointments.models.waiting import (
    EVERY_DAY,
    EVERY_PART,
    OfferState,
    PartOfDay,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)

__all__ = [
    "EVERY_DAY",
    "EVERY_PART",
    "HOLDING",
    "ORDERS",
    "OVERBOOKED",
    "TRANSITIONS",
    "USUAL_KINDS",
    "Appointment",
    "Asset",
    "AssetKind",
    "Audience",
    "Block",
    "BookingPolicy",
    "CalendarFeed",
    "Claim",
    "DayBlock",
    "Delivery",
    "GroupSession",
    "Hold",
    "Holiday",
    "LinkTries",
    "Locked",
    "OfferState",
    "OnLimit",
    "PartOfDay",
    "Poster",
    "Quiet",
    "ReminderChoice",
    "ReminderPolicy",
    "ReminderRule",
    "Resource",
    "ScheduleException",
    "Series",
    "Service",
    "Status",
    "StatusChange",
    "VisitType",
    "WaitingEntry",
    "WaitingOffer",
    "WaitingState",
    "WeeklyRule",
    "usual_service",
]
