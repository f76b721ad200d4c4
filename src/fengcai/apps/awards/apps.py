"""Django's registration of the awards context."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.awards"
    label = "awards"
