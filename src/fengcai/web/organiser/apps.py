"""Django's registration of the organiser pages."""

from django.apps import AppConfig


class OrganiserConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.web.organiser"
    label = "web_organiser"
