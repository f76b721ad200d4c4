"""Django's registration of the people context."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.people"
    label = "people"

    def ready(self) -> None:
        """Find what every context erases with a person's data."""
        from django.utils.module_loading import autodiscover_modules

        autodiscover_modules("erasing")
