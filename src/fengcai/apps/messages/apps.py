"""Django's registration of the messages context."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """See the package's docstring. Labelled apart from django.contrib.messages."""

    name = "fengcai.apps.messages"
    label = "outbox"
    verbose_name = "消息"

    def ready(self) -> None:
        """Say which stored files are this context's; register its own wordings."""
        from fengcai.apps.messages import keeping, wordings

        keeping.register()
        wordings.register()
