from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "healthcare.outbox"
    label = "outbox"
