"""Where the built front end lies: reads Vite's manifest once and names the files of an entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

import fengcai.web

DIST = Path(fengcai.web.__file__).parent / "static" / "dist"


class NotBuiltError(RuntimeError):
    """The front end has not been built, or has no such entry; the text says what to run."""


@dataclass(frozen=True)
class Entry:
    """The files of one entry, as paths under the static root, in the order to load them."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def _read(manifest: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    except FileNotFoundError:
        raise NotBuiltError(
            f"The front end is not built ({manifest} is missing). Run ./dev run, or "
            "`npm ci && npm run build` in frontend/."
        ) from None
    return content


def entry(name: str, dist: Path = DIST) -> Entry:
    """The files of the entry called `name` (`main`). NotBuiltError when there is none."""
    manifest = dist / "manifest.json"
    return _built(name, manifest) if settings.DEBUG else _kept(name, manifest)


def _built(name: str, manifest: Path) -> Entry:
    chunks = _read(manifest)
    found = next((c for c in chunks.values() if c.get("isEntry") and c.get("name") == name), None)
    if found is None:
        raise NotBuiltError(f"The front end has no entry {name!r} in {manifest}.")
    preloads: list[str] = []
    styles = list(found.get("css", ()))
    waiting = list(found.get("imports", ()))
    while waiting:
        chunk = chunks[waiting.pop(0)]
        if chunk["file"] not in preloads:
            preloads.append(chunk["file"])
            styles += [s for s in chunk.get("css", ()) if s not in styles]
            waiting += chunk.get("imports", ())
    return Entry(
        scripts=(f"dist/{found['file']}",),
        styles=tuple(f"dist/{s}" for s in styles),
        preloads=tuple(f"dist/{p}" for p in preloads),
    )


_kept = lru_cache(maxsize=16)(_built)
