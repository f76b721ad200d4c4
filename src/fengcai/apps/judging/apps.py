"""Django's registration of the judging context."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.judging"
    label = "judging"

    def ready(self) -> None:
        """Look at amendments for the rounds that were opened."""
        from fengcai.apps.contests.amending import watch
        from fengcai.apps.judging.amending import Judging

        watch("judging", Judging())
