"""Django's registration of the audit context."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.audit"
    label = "audit"
