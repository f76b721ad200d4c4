"""Django's registration of the likeness context."""

from django.apps import AppConfig


class LikenessConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.likeness"
    label = "likeness"

    def ready(self) -> None:
        """Take in what is uploaded for the register, and say that its files are this context's."""
        from fengcai.apps.likeness import films
        from fengcai.engines import storage, uploads

        uploads.register(films.PURPOSE, films.take_film)
        storage.register_owner(
            "往届作品和已知素材的文件", after=films.arrived_after, holds=films.arrived_among
        )
