import json

from django.conf import settings

from healthcare import clock
from healthcare.audit import head, report_pdf, sealing, verification
from healthcare.audit.actions import Ref
from healthcare.audit.actors import Actor
from healthcare.audit.reports import REPORT, VERIFICATION
from healthcare.jobs.kinds import JobFile, Progress, job_kind
from healthcare.jobs.models import Job
from healthcare.lanes import lane
from healthcare.queue import every, task


@every(minutes=1)
@task
def seal() -> None:
    sealing.seal()


@every(minutes=6 * 60)
@task
def verify() -> None:
    with lane("job") as is_free:
        if is_free:
            report = verification.verify(head.read(settings.AUDIT_HEAD))
            verification.note(report, by=Actor.system("Scheduled verification"))


@job_kind(REPORT)
def make_report(job: Job, progress: Progress) -> JobFile:
    return report_pdf.make(job, progress)


@job_kind(VERIFICATION)
def verify_for(job: Job, progress: Progress) -> JobFile:
    """Reads the whole chain; the file is what `manage.py verify_audit` prints."""
    report = verification.verify(head.read(settings.AUDIT_HEAD), told=progress)
    clinic = Ref(job.clinic_uid) if job.clinic_uid else None
    actor = job.owner.as_actor(role=job.owner_role)
    verification.note(report, by=actor, clinic=clinic)
    name = f"verification-{clock.now():%Y-%m-%d}.json"
    return JobFile(name, json.dumps(report.as_line(), indent=1).encode())
