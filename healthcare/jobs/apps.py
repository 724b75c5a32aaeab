from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "healthcare.jobs"
    label = "jobs"
