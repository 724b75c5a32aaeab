from healthcare.jobs import work as jobs
from healthcare.lanes import lane
from healthcare.queue import task


@task
def work() -> None:
    with lane("job") as is_free:
        if is_free:
            jobs.run_waiting()
