from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "clinics"

    def ready(self) -> None:
        from clinics import audit_people, job_gate, shell, staying
        from healthcare import nav

        nav.register(shell.navigation)
        nav.register_face(shell.face)
        audit_people.register()
        job_gate.register()
        staying.register()
