"""Django's registration of the awards context."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.awards"
    label = "awards"

    def ready(self) -> None:
        """Say which stored files are this context's."""
        from fengcai.apps.awards.keeping import register

        register()
