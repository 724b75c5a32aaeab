from appointments.models.appointment import (
    TRANSITIONS,
    Appointment,
    Status,
    StatusChange,
    VisitType,
)
from appointments.models.availability import Block, DayBlock, WeeklyRule
from appointments.models.claim import Claim, Resource

__all__ = [
    "TRANSITIONS",
    "Appointment",
    "Block",
    "Claim",
    "DayBlock",
    "Resource",
    "Status",
    "StatusChange",
    "VisitType",
    "WeeklyRule",
]
