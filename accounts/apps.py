from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import receivers, shell
        from healthcare import nav

        receivers.connect()
        nav.register(shell.navigation)
        nav.register_face(shell.face)
