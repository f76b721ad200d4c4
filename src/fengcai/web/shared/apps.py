"""Names the Django app whose templates and tags all pages use."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """The `shared` app; it has no models."""

    name = "fengcai.web.shared"
    label = "shared"
    verbose_name = "页面公用部分"

    def ready(self) -> None:
        """Keep each account's log from now on, and know what is written to people about theirs."""
        from fengcai.web.shared.accounts.record import listen
        from fengcai.web.shared.accounts.wording import register

        listen()
        register()
