"""What an inspection leaves: kept, shared by twins, replaced, owned, and read again."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import transaction

from fengcai import media
from fengcai.apps.assets.actions import keep_inspection
from fengcai.apps.assets.jobs import _kept, _stored
from fengcai.apps.assets.models import Asset, Output
from fengcai.apps.assets.outputs import Kept, output_of, screen_lines_of, text_of, wanted
from fengcai.engines import storage
from fengcai.engines.storage.owners import owners
from fengcai.media.facts import Measure, Poster, Span
from tests.factories.collecting import DAY, Collecting, collecting

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: object, tmp_path: Path) -> Collecting:
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    return collecting()


def facts_with(*spans: Span, name: str = "personal_data") -> media.Facts:
    measure = Measure(method="test", answer="found", about=(name,), spans=spans)
    return media.Facts(
        filename="a.mp4", size_bytes=1, kind="video", verdict="readable", measures={name: measure}
    )


def span(picture: str, *, private: bool = False) -> Span:
    return Span(from_s=Fraction(1), to_s=Fraction(2), picture=picture, private=private)


def keep(asset: Asset, *outputs: Kept) -> None:
    with transaction.atomic():
        keep_inspection(
            asset=asset, facts={}, state="inspected", trouble="", findings=[],
            poster_key="", sprite_key="", outputs=outputs, at=DAY,
        )  # fmt: skip


def test_private_pictures_bring_their_masked_twins(tmp_path: Path) -> None:
    facts = facts_with(span("shake-1.jpg"), span("personal_data-1.jpg", private=True))
    assert [(each.name, each.kind, each.private) for each in wanted(facts)] == [
        ("shake-1.jpg", "evidence", False),
        ("personal_data-1.jpg", "evidence", True),
        ("personal_data-1-masked.jpg", "evidence", False),
        ("screen-text.json", "text", False),
        ("text.txt", "text", False),
        ("subtitle-text.json", "text", False),
    ]


def test_a_picture_that_one_measure_calls_private_is_private_for_all() -> None:
    facts = facts_with(span("a.jpg", private=True), span("a.jpg"))
    assert [each.private for each in wanted(facts) if each.name == "a.jpg"] == [True]


def test_a_name_from_the_child_never_leads_out_of_its_folder(
    made: Collecting, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"key")
    inside = tmp_path / "outputs"
    inside.mkdir()
    assert _kept(inside, facts_with(span("../secret.jpg"), span(str(secret)))) == ()
    poster = Poster(file="../secret.jpg", width_px=1, height_px=1, time_s=Fraction(0))
    assert _stored(inside, poster) == ""


def test_outputs_are_kept_owned_and_replaced(made: Collecting, tmp_path: Path) -> None:
    asset = made.with_film(made.draft(), tmp_path)
    first = storage.write_bytes(b"first", suffix=".jpg").key
    keep(asset, Kept("shake-1.jpg", "evidence", False, first))
    assert output_of(asset.pk, "shake-1.jpg") == b"first"
    owner = next(each for each in owners() if each.name == "检测留下的图片和文字")
    assert owner.holds([first, "none"]) == {first}
    assert [each.key for each in owner.after("", 10)] == [first]
    second = storage.write_bytes(b"second", suffix=".jpg").key
    keep(asset, Kept("shake-1.jpg", "evidence", False, second))
    assert output_of(asset.pk, "shake-1.jpg") == b"second"
    assert owner.holds([first]) == set()
    keep(asset)
    assert output_of(asset.pk, "shake-1.jpg") is None
    assert not Output.objects.exists()


def test_text_on_screen_and_in_papers_is_read_again(made: Collecting, tmp_path: Path) -> None:
    asset = made.with_film(made.draft(), tmp_path)
    rows = [
        {"from_s": 1.0, "to_s": 2.5, "text": "医院片名", "box": [0.1, 0.2, 0.3, 0.1]},
        {"from_s": 3.0, "to_s": 4.0, "text": "身份证号 110105********002X", "box": None},
    ]
    told = storage.write_bytes(json.dumps(rows).encode(), suffix=".json").key
    keep(asset, Kept("screen-text.json", "text", False, told))
    lines = screen_lines_of(asset.pk)
    assert [(line.from_s, line.to_s, line.text) for line in lines] == [
        (Fraction(1), Fraction(5, 2), "医院片名"),
        (Fraction(3), Fraction(4), "身份证号 110105********002X"),
    ]
    assert lines[0].box == (0.1, 0.2, 0.3, 0.1)
    assert text_of(asset.pk) == "医院片名\n身份证号 110105********002X"
    paper = storage.write_bytes("第一段\n第二段".encode(), suffix=".txt").key
    keep(asset, Kept("text.txt", "text", False, paper))
    assert (screen_lines_of(asset.pk), text_of(asset.pk)) == ((), "第一段\n第二段")
