"""Django's registration of the entries context."""

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """See the package's docstring."""

    name = "fengcai.apps.entries"
    label = "entries"

    def ready(self) -> None:
        """Say what a finished upload means and by which rules a file is judged; watch amendments."""
        from fengcai.apps.assets.governing import judge_by
        from fengcai.apps.contests.amending import watch
        from fengcai.apps.contests.units import object_to_merging
        from fengcai.apps.entries.actions import UPLOAD_PURPOSE, take_upload
        from fengcai.apps.entries.amending import Works
        from fengcai.apps.entries.governing import rules_of_works_file
        from fengcai.apps.entries.merging import accepted_works
        from fengcai.apps.entries.snapshots import register as own_snapshots
        from fengcai.engines.uploads import register

        own_snapshots()
        register(UPLOAD_PURPOSE, take_upload)
        judge_by("entries", rules_of_works_file)
        watch("entries", Works())
        object_to_merging("entries", accepted_works)
