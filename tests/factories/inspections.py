"""Facts of an inspected film as a reader leaves them, judged by the contest's own rules, without decoding."""

from __future__ import annotations

from fractions import Fraction

from django.db import transaction

from fengcai.apps.assets.actions import keep_inspection
from fengcai.apps.assets.governing import rules_of_file
from fengcai.apps.assets.judging import judge
from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.outputs import Kept
from fengcai.media.facts import Curve, Decoding, Facts, Measure, Pictures, Span, Sprite, Video
from tests.factories.collecting import DAY

PICTURES = ("shake-1.jpg", "personal-data-1.jpg", "personal-data-1-masked.jpg")


def shaken(times: int = 1) -> Measure:
    """Tremor found in so many stretches of three seconds, the first at 0:42 with a picture."""
    return Measure(
        method="corners followed",
        answer="found",
        about=("shaky",),
        facts={"shaky": True},
        values={"tremor_percent": 0.31, "shaky_s": 3.0 * times},
        limits={"tremor_percent": 0.12},
        spans=tuple(
            Span(
                from_s=Fraction(42 + 5 * n),
                to_s=Fraction(45 + 5 * n),
                picture="shake-1.jpg" if n == 0 else None,
            )
            for n in range(times)
        ),
        curve=Curve(step_s=Fraction(60), unit="percent", values=(0.1, 0.3, None, 0.2, 0.2)),
    )


def shown_number() -> Measure:
    """A telephone number on screen: private evidence."""
    return Measure(
        method="PP-OCR text",
        answer="found",
        about=("personal_data",),
        facts={"personal_data": True},
        values={"mobile_count": 1},
        spans=(
            Span(
                from_s=Fraction(12),
                to_s=Fraction(15),
                text="手机号：139****2345",
                picture="personal-data-1.jpg",
                private=True,
            ),
        ),
    )


def blackness() -> Measure:
    """A black stretch, of which the rules of the contest say nothing."""
    span = Span(from_s=Fraction(100), to_s=Fraction(102))
    return Measure(
        method="share of pixels at black",
        answer="found",
        about=("longest_black",),
        facts={"longest_black": "2"},
        values={"longest_s": 2.0, "stretches": 1},
        limits={"least_s": 0.5},
        spans=(span,),
    )


def film_facts(filename: str, **measures: Measure) -> Facts:
    """A readable film of 240 seconds in 1080p25, looked at swiftly, with these measures."""
    film = Video(
        codec="h264", coded_width_px=1920, coded_height_px=1080, display_width_px=1920,
        display_height_px=1080, duration_s=Fraction(240), fps_kept=Fraction(25),
        frame_rate="constant",
    )  # fmt: skip
    strip = Sprite(
        file="sprite.jpg", columns=5, rows=1, tile_width_px=160, tile_height_px=90,
        times_s=tuple(Fraction(48 * n) for n in range(5)),
    )  # fmt: skip
    return Facts(
        filename=filename, size_bytes=9, sha256="ab", kind="video", verdict="readable", video=film,
        decoding=Decoding(mode="swift", to_the_end=True), measures=measures,
        pictures=Pictures(sprite=strip),
    )  # fmt: skip


@transaction.atomic
def looked_at(asset: Asset, *, pictures: bool = True, **measures: Measure) -> Asset:
    """Leave a film as an inspection with these measures would; `pictures`: with its evidence kept."""
    told = measures or {
        "shake": shaken(),
        "personal_data": shown_number(),
        "black": blackness(),
    }
    facts = film_facts(asset.filename, **told)
    keep_inspection(
        asset=asset,
        facts=facts.model_dump(mode="json"),
        state="inspected",
        trouble="",
        findings=judge(facts, asset, rules_of_file(asset), {}),
        poster_key="",
        sprite_key="sprite",
        at=DAY,
        outputs=[
            Kept(name, "evidence", name == "personal-data-1.jpg", f"{asset.pk}-{name}")
            for name in PICTURES
            if pictures
        ],
    )
    return asset
