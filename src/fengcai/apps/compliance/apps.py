"""Django's registration of the compliance context."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.compliance"
    label = "compliance"
