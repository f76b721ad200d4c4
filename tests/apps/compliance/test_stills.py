"""Words on a still picture are read like those of a film; they have no moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.compliance.queries import remarks_of
from tests.apps.compliance.test_compliance import made, on_screen, read_texts
from tests.factories.collecting import Collecting

__all__ = ["made"]
pytestmark = [pytest.mark.django_db, pytest.mark.clause("H9")]


def test_words_on_a_still_picture_are_remarked(made: Collecting, tmp_path: Path) -> None:
    entry = made.draft(title="夜班", synopsis="一个普通的夜班")
    picture = made.with_film(entry, tmp_path)
    on_screen(picture, [("0", "0", "加微信咨询，立减优惠")])
    picture.refresh_from_db()
    Asset.objects.filter(pk=picture.pk).update(facts={**picture.facts, "kind": "image"})
    made.submit(entry)
    read_texts()
    rows = remarks_of(entry=entry, user=made.organiser)
    assert rows and all(row.moments == () for row in rows)
    assert "加微信" in {row.words for row in rows}
