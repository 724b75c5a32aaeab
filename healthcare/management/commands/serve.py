import socket
import sys
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from healthcare import processes
from healthcare.processes import TICK, Backoff, StopSignal, stop

HOST = "127.0.0.1"
PATIENCE = 60.0
DEATHS, WITHIN = 4, 60.0
ACCOUNTS = """\
Demo accounts, all with the password healix-demo-1:
  riverside  patient@healix.test  patient2@healix.test  doctor@healix.test
             doctor2@healix.test  staff@healix.test  auditor@healix.test
             owner@healix.test
  hillcrest  patient.b@healix.test  doctor.b@healix.test  staff.b@healix.test
             auditor.b@healix.test  owner.b@healix.test"""


class Command(BaseCommand):
    help = "Prepare the database and run the web server and the worker together."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        require_free_port()
        self.prepare()
        service = Service(StopSignal())
        try:
            if service.wait_for_answer():
                self.greet()
            service.tend()
        finally:
            service.stop()
        self.say("Stopped.")

    def prepare(self) -> None:
        self.say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO and not apps.get_model("clinics.Clinic").objects.exists():
            self.say("Loading the demo clinics, once …")
            call_command("demo")

    def greet(self) -> None:
        self.say(f"\nHealix is running at http://{HOST}:{settings.PORT}/")
        if settings.DEMO:
            self.say(ACCOUNTS)
        if settings.DEBUG:
            self.say(f"Mail that was sent: http://{HOST}:{settings.PORT}/_mail/")
        self.say("Press Ctrl-C to stop.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Port {settings.PORT} is in use. Stop the program that uses it, "
                f"or choose another port: make run PORT={settings.PORT + 1}"
            ) from error


def commands() -> dict[str, list[str]]:
    web = [sys.executable, "-m", "gunicorn", "healthcare.wsgi"]
    web += ["--bind", f"{HOST}:{settings.PORT}", "--worker-class", "gthread"]
    web += ["--workers", "2", "--threads", "4", "--graceful-timeout", "8"]
    web += ["--log-level", "warning", "--no-control-socket"]
    return {"web": web, "worker": [sys.executable, "manage.py", "worker"]}


class Part:
    """One of the programs, started anew when it dies, but not for ever."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.group = processes.Command(command)
        self.backoff = Backoff()
        self.deaths: list[float] = []
        self.due: float | None = None

    def tend(self) -> None:
        """Raises CommandError when it keeps dying."""
        now = monotonic()
        if self.due is not None:
            if now >= self.due:
                self.group, self.due = processes.Command(self.command), None
        elif self.group.has_ended():
            self.deaths = [at for at in self.deaths if now - at < WITHIN] + [now]
            if len(self.deaths) >= DEATHS:
                raise CommandError(f"The {self.name} keeps ending; see above for why.")
            if len(self.deaths) == 1:
                self.backoff.forget()
            self.due = now + self.backoff.grow()


class Service:
    def __init__(self, signals: StopSignal) -> None:
        self.signals = signals
        self.parts = [Part(name, command) for name, command in commands().items()]

    def wait_for_answer(self) -> bool:
        """False if somebody asked to stop first."""
        until = monotonic() + PATIENCE
        while not self.signals.received:
            for part in self.parts:
                part.tend()
            if answers():
                return True
            if monotonic() > until:
                raise CommandError("The web server did not answer within a minute.")
            sleep(TICK)
        return False

    def tend(self) -> None:
        while not self.signals.received:
            for part in self.parts:
                part.tend()
            sleep(TICK)

    def stop(self) -> None:
        stop(part.group for part in self.parts)


def answers() -> bool:
    connection = HTTPConnection(HOST, settings.PORT, timeout=5)
    try:
        host = urlsplit(settings.SITE_URL).netloc
        connection.request("GET", "/healthz/", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
