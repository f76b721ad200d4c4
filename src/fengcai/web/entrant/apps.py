"""Django's registration of the entrant pages."""

from django.apps import AppConfig


class EntrantConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.web.entrant"
    label = "web_entrant"
