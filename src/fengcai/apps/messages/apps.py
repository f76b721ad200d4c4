"""Django's registration of the messages context."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """See the package's docstring. Labelled apart from django.contrib.messages."""

    name = "fengcai.apps.messages"
    label = "outbox"
    verbose_name = "消息"
