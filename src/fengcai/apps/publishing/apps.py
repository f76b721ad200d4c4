"""Django's registration of the publishing context."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.publishing"
    label = "publishing"
