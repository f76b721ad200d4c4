"""Django's registration of the assets context."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.assets"
    label = "assets"

    def ready(self) -> None:
        """Say which stored files are this context's; watch amendments."""
        from fengcai.apps.assets.amending import Files
        from fengcai.apps.assets.keeping import register
        from fengcai.apps.contests.amending import watch

        register()
        watch("files", Files())
