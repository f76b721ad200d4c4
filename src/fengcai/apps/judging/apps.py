"""Django's registration of the judging context."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.judging"
    label = "judging"
