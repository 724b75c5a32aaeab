"""Demo data for the clinics `riverside` and `hillcrest`, loaded once."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinics.models import Clinic
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.models import Action
from records.demo.cast import HOUSES
from records.demo.founding import SYSTEM, Founder, finish
from records.demo.practice import furnish
from records.demo.year import PAST_DAYS, Year


class Command(BaseCommand):
    help = "Load the demo clinics with a year of visits (only with DEMO on)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is loaded only with DEMO=on.")
        if Clinic.objects.filter(slug__in=[house.slug for house in HOUSES]).exists():
            self.stderr.write("The demo data is there already.")
            return
        with transaction.atomic():
            self.load()
        self.stderr.write("The demo data is loaded.")

    def load(self) -> None:
        founder = Founder()
        for house in HOUSES:
            opened = clock.now() - timedelta(days=PAST_DAYS + 35)
            settled = founder.found(house, opened)
            Year(settled, clock.now().astimezone(settled.clinic.zone).date()).tell()
            furnish(settled)
            finish(settled)
            record(Action.DEMO_LOADED, by=SYSTEM, clinic=settled.clinic)
