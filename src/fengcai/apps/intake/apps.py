"""Django's registration of the intake context."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.intake"
    label = "intake"

    def ready(self) -> None:
        """Say the wordings of reminders; plan them anew when a deadline is amended."""
        from fengcai.apps.contests.amending import watch
        from fengcai.apps.intake.reminder_words import register_templates
        from fengcai.apps.intake.reminders import Replanning

        register_templates()
        watch("reminders", Replanning())
