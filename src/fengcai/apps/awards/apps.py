"""Django's registration of the awards context."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.awards"
    label = "awards"

    def ready(self) -> None:
        """Say which stored files are this context's, and which works still take a signed scan."""
        from fengcai.apps.awards.keeping import register
        from fengcai.apps.awards.promising import awaits
        from fengcai.apps.entries.actions.later import ask_later

        register()
        ask_later("awards", awaits)
