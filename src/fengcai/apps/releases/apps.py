"""Django's registration of the releases context."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.releases"
    label = "releases"

    def ready(self) -> None:
        """Say which stored files are this context's, what is told, and what a submission waits for."""
        from fengcai.apps.entries.demands import demand_before_submission
        from fengcai.apps.releases import keeping, telling
        from fengcai.apps.releases.owing import owed_for_submission

        keeping.register()
        telling.register()
        demand_before_submission("releases", owed_for_submission)
