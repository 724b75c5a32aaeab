"""What the workers do for appointments without being asked.

Verbs that enqueue a task themselves are looked up when it runs.
"""

from appointments import actions
from appointments.actions.day_mails import send_day_mails
from appointments.actions.reminding import send_due_reminders
from healthcare.queue import every, task


@every(minutes=1)
@task
def remind() -> None:
    send_due_reminders()
    send_day_mails()


@every(minutes=1)
@task
def sweep_waitlist(*clinics: int) -> None:
    """Offer free times to those who wait; of some clinics, or of all."""
    actions.sweep_waitlist(*clinics)


@every(minutes=5)
@task
def clear_holds() -> None:
    actions.clear_holds()
