"""Django's registration of the contests context."""

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.contests"
    label = "contests"
