"""Django's registration of the public pages."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.web.public"
    label = "web_public"
