from django.apps import AppConfig


class ChartingConfig(AppConfig):
    name = "records.charting"
    label = "charting"

    def ready(self) -> None:
        from appointments.day import register_panel
        from records.charting.panel import unsigned_panel

        register_panel(unsigned_panel)
