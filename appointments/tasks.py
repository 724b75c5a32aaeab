"""What the workers do for appointments without being asked."""

from appointments.actions.day_mails import send_day_mails
from appointments.actions.reminding import send_due_reminders
from healthcare.queue import every, task


@every(minutes=1)
@task
def remind() -> None:
    send_due_reminders()
    send_day_mails()
