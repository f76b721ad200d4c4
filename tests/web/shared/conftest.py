"""Pages are drawn as they are; where the front end is not built, a manifest of one file stands in."""

from __future__ import annotations

import pytest

from fengcai.web.shared import assets


@pytest.fixture(autouse=True)
def front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Independent of a build: these tests look at the markup, not at the scripts."""
    built = assets.Entry(("dist/assets/main.js",), ("dist/assets/main.css",), ())
    real = assets.entry

    def entry(name: str, *where: object) -> assets.Entry:
        return real(name, *where) if where else built  # type: ignore[arg-type]

    monkeypatch.setattr(assets, "entry", entry)
