from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"

    def ready(self) -> None:
        from appointments import staying
        from appointments.reminders import gates
        from appointments.reminders.log import failed_notice
        from clinics.notices import register_notice
        from healthcare.outbox.gates import register_gate

        staying.register()
        register_gate("appointments/reminder", gates.reminder_is_wanted)
        register_gate("appointments/today", gates.today_is_true)
        register_notice(failed_notice)
