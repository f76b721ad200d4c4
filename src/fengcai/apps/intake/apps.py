"""Django's registration of the intake context."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.intake"
    label = "intake"
