"""Sets the stage: works with files of given sizes, an organiser who is signed in, packs that are ready.

Run as a process of the installation: `python -m benchmarks.zip.stage MIB FILES SPARSE_MIB`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import uuid
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  (needs the app registry)
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from fengcai.apps.assets.models import Asset  # noqa: E402
from fengcai.apps.contests.models import Unit  # noqa: E402
from fengcai.apps.entries.models import Entry, FileVersion  # noqa: E402
from fengcai.apps.exchange.models import Pack  # noqa: E402
from fengcai.apps.exchange.packs import order_pack  # noqa: E402
from fengcai.engines import storage  # noqa: E402
from fengcai.engines.jobs import run_pending  # noqa: E402
from tests.factories import judging  # noqa: E402

MIB = 1024 * 1024


def film(folder: Path, size: int, *, sparse: bool) -> Path:
    """A file of random bytes, or of zeros that take no room."""
    path = folder / f"{uuid.uuid4().hex}.mp4"
    with path.open("wb") as file:
        if sparse:
            file.truncate(size)
        else:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
    return path


def work(stage: judging.Stage, unit: Unit, path: Path) -> Entry:
    """A work with this file, as rows."""
    size = path.stat().st_size
    stored = storage.adopt(
        path, suffix=".mp4", sha256=hashlib.sha256(path.name.encode()).hexdigest()
    )
    at = timezone.now()
    asset = Asset.objects.create(
        contest=stage.contest, track="video", slot="main", filename="film.mp4", key=stored.key,
        size=size, sha256=stored.sha256, began_at=at, received_at=at, state="inspected",
    )  # fmt: skip
    assert stage.contest.version is not None
    entry = Entry.objects.create(
        contest=stage.contest, rulebook=stage.contest.version, unit=unit, track="video",
        title=path.stem[:8], state="accepted", created_by=stage.organiser,
    )  # fmt: skip
    FileVersion.objects.create(
        entry=entry, slot="main", version=1, asset=asset, by=stage.organiser, at=at
    )
    return entry


def main() -> None:
    """Lay it down and print where everything is."""
    mib, files, sparse = (int(word) for word in sys.argv[1:4])
    stage = judging.contest(works=0, judges=0, slug="bench-zip")
    unit = Unit.objects.create(contest=stage.contest, name="心病科", unit_class="clinical")
    folder = Path(settings.FENGCAI_DATA)
    full = [work(stage, unit, film(folder, mib * MIB // files, sparse=False)) for _ in range(files)]
    packs = {}
    chosen = {"small": [full[0]], "full": full}
    if sparse:
        chosen["huge"] = [work(stage, unit, film(folder, sparse * MIB, sparse=True))]
    for name, works in chosen.items():
        pack = order_pack(
            contest=stage.contest,
            chosen={"ids": [str(each.pk) for each in works]},
            layout="flat",
            by=stage.organiser,
            at=timezone.now(),
        )
        run_pending()
        pack = Pack.objects.get(pk=pack.pk)
        assert pack.state == "ready", pack.state
        packs[name] = {
            "path": f"/c/bench-zip/packs/{pack.pk}/file.zip",
            "size": pack.size,
            "files": [
                str(storage.store().path_of(key))
                for key in pack.members.exclude(asset=None).values_list("key", flat=True)
            ],
        }
    client = Client()
    client.force_login(stage.organiser)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    print(json.dumps({"packs": packs, "cookie": f"{cookie.key}={cookie.value}"}))


if __name__ == "__main__":
    main()
