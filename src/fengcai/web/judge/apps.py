"""Django's registration of the judge pages."""

from django.apps import AppConfig


class JudgeConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.web.judge"
    label = "web_judge"
