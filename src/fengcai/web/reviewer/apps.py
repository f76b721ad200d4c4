"""Django's registration of the reviewer pages."""

from django.apps import AppConfig


class ReviewerConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.web.reviewer"
    label = "web_reviewer"
