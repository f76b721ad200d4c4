"""Django's registration of the drill's table."""

from django.apps import AppConfig


class EffectsConfig(AppConfig):
    """See the package's docstring."""

    name = "benchmarks.faults.effects"
    label = "effects"
