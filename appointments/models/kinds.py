from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitType(models.TextChoices):
    CONSULTATION = "consultation", _("Consultation")
    FOLLOW_UP = "follow-up", _("Follow-up")
    EMERGENCY = "emergency", _("Emergency")
    TELE = "tele", _("Tele-visit")


# What a doctor offers who has not said more: a tele-visit must be asked for.
USUAL_KINDS = (VisitType.CONSULTATION, VisitType.FOLLOW_UP, VisitType.EMERGENCY)
