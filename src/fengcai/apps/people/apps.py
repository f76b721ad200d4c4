"""Django's registration of the people context."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.people"
    label = "people"
