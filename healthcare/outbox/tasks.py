from healthcare.lanes import lane
from healthcare.outbox import delivery
from healthcare.queue import task


@task
def drain() -> None:
    with lane("mail") as is_free:
        if is_free:
            delivery.drain()
