"""Django's registration of the bulletin context."""

from django.apps import AppConfig


class BulletinConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.bulletin"
    label = "bulletin"

    def ready(self) -> None:
        """Say in which words messages go out; find what every context says that waits."""
        from django.utils.module_loading import autodiscover_modules

        from fengcai.apps.bulletin import announcing, answering

        announcing.register()
        answering.register()
        autodiscover_modules("waiting")
