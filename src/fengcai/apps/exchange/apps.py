"""Django's registration of the exchange context."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Say which stored files are this context's, and take in what is uploaded for an import."""
        from fengcai.apps.exchange.keeping import register
        from fengcai.apps.exchange.sources import ARCHIVE_PURPOSE, take_archive
        from fengcai.engines import uploads

        register()
        uploads.register(ARCHIVE_PURPOSE, take_archive)
