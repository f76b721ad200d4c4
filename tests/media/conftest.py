"""Films that several tests look at, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media import clips


@pytest.fixture(scope="session")
def plain_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds, 320 × 180, 25 fps, H.264 and AAC, index first."""
    path = tmp_path_factory.mktemp("films") / "心病科+一科一风采视频大赛.mp4"
    return clips.make(path, frames=50, sound=clips.tone(2.0))
