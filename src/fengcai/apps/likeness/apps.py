"""Django's registration of the likeness context."""

from django.apps import AppConfig


class LikenessConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.likeness"
    label = "likeness"
