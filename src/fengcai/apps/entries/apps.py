"""Django's registration of the entries context."""

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.entries"
    label = "entries"

    def ready(self) -> None:
        """Tell the upload engine what a finished file of an entry means; look at amendments."""
        from fengcai.apps.contests.amending import watch
        from fengcai.apps.entries.actions import UPLOAD_PURPOSE, take_upload
        from fengcai.apps.entries.amending import Works
        from fengcai.engines.uploads import register

        register(UPLOAD_PURPOSE, take_upload)
        watch("entries", Works())
