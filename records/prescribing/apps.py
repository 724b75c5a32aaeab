from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "records.prescribing"
    label = "prescribing"
