"""Django's registration of the registration context."""

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.registration"
    label = "registration"

    def ready(self) -> None:
        """Say the wordings to the outbox, and which stored files are this context's."""
        from fengcai.apps.registration.keeping import register
        from fengcai.apps.registration.telling import register_templates

        register_templates()
        register()
