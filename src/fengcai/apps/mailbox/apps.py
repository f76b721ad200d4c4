"""Django's registration of the mailbox context."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.mailbox"
    label = "mailbox"

    def ready(self) -> None:
        """Say which stored files are this context's, what a finished upload means, what letters say."""
        from fengcai.apps.mailbox.actions.sending import UPLOAD_PURPOSE, take_sent
        from fengcai.apps.mailbox.keeping import register as register_files
        from fengcai.apps.mailbox.wordings import register as register_words
        from fengcai.engines.uploads import register

        register_files()
        register_words()
        register(UPLOAD_PURPOSE, take_sent)
