"""Django's registration of the contests context."""

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.contests"
    label = "contests"

    def ready(self) -> None:
        """Say who the office of a contest is, for the messages below."""
        from fengcai.apps.contests.addressing import is_office
        from fengcai.apps.messages.rules import offices_are

        offices_are(is_office)
