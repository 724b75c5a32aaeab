"""What the workers do without being asked."""

from healthcare import clock, heartbeats
from healthcare.jobs import tasks as jobs
from healthcare.jobs.models import Job
from healthcare.jobs.work import end_hopeless
from healthcare.outbox import tasks as outbox
from healthcare.outbox.delivery import end_overdue
from healthcare.outbox.models import Message
from healthcare.queue import enqueue, every, task


@task
def beat() -> None:
    """Every two seconds: show that the queue moves, and hand out what waits."""
    heartbeats.touch("worker")
    hand_out()


@every(minutes=1)
@task
def sweep() -> None:
    """Close what is hopeless or overdue, so that nobody waits for it."""
    heartbeats.touch("sweeper")
    end_overdue()
    end_hopeless()
    hand_out()


def hand_out() -> None:
    now = clock.now()
    if Message.objects.due(now).exists():
        enqueue(outbox.drain)
    if Job.objects.runnable(now).exists():
        enqueue(jobs.work)
