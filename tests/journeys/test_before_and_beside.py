"""Before a byte is sent and beside another's film: a portrait film is stopped in the page, a fit one
goes; a copied film with a logo and a crop is played beside the one that it was copied from.

One contest serves both, prepared by `copied_stage`; the films are real.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Request, expect

from benchmarks.lookalike import scenes
from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor
from tests.media import clips

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SLUG = "beside"
MODULE = "tests.journeys.copied_stage"
RATE = 12
LONG = 10.0
CROP = 0.1
LATER = 1.0
"""Seconds cut off at the beginning of the copy."""


@pytest.fixture(scope="module")
def house(premises: Premises, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The contest with the film and its copy."""
    folder = tmp_path_factory.mktemp("beside")
    shots = scenes.film("streets", 5, LONG)
    times = np.arange(0, LONG, 1 / RATE)
    film = [shown for _, shown in scenes.pictures(shots, times)]
    copy = [with_logo(shown) for shown in film[round(LATER * RATE) :]]
    return premises.stage(
        "copied", module=MODULE, slug=SLUG,
        film=encoded(film, folder / "film.mp4"), copy=encoded(copy, folder / "copy.mp4"),
    )  # fmt: skip


def with_logo(shown: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A tenth of each side cut off, as large as before, and a logo in the corner."""
    high, wide = shown.shape
    top, left = round(high * CROP), round(wide * CROP)
    cut = shown[top : high - top, left : wide - left]
    return scenes.with_logo(cv2.resize(cut, scenes.SIZE).astype(np.uint8))


def encoded(pictures: list[NDArray[np.uint8]], path: Path) -> Path:
    """The pictures as a film of evening colours."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        film = out.add_stream("libx264", rate=RATE)
        film.width, film.height = scenes.SIZE
        film.pix_fmt = "yuv420p"
        film.codec_context.gop_size = RATE
        film.codec_context.options = {"preset": "ultrafast"}
        for shown in pictures:
            tinted = cv2.applyColorMap(shown, cv2.COLORMAP_BONE)
            out.mux(film.encode(av.VideoFrame.from_ndarray(tinted, format="bgr24")))
        out.mux(film.encode(None))
    return path


@pytest.mark.clause("J3")
def test_a_portrait_film_is_stopped_before_a_byte_is_sent_and_a_fit_one_goes(
    browser: Browser,
    premises: Premises,
    house: dict[str, Any],
    films: dict[str, Path],
    tmp_path: Path,
) -> None:
    contact = Visitor(browser, premises.address, "contact", phone=True)
    page = contact.page
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/uploads/" in request.url or "/grant/" in request.url:
            asked.append(request.method)

    page.on("request", note)
    contact.come_in(premises.stage("link", username="xnk-lly")["path"])
    page.goto(f"/c/{SLUG}/works/")
    page.get_by_role("button", name=re.compile("报送一件")).click()
    before = premises.stage("uploads", module=MODULE)["begun"]

    # As a phone held upright writes it: a wide picture and a mark to turn it.
    upright = clips.make(tmp_path / "竖屏.mp4", size=(1920, 1080), rotation=90, frames=8)
    page.locator("fc-upload input[type=file]").set_input_files(upright)
    words = page.locator("fc-upload .upload-words")
    expect(words).to_contain_text(
        re.compile("这是竖屏视频（1080×1920），有 [0-9] 项不符合通知要求")
    )
    stopped = page.locator(".upload-found .finding").filter(has_text="画面为横版")
    expect(stopped).to_contain_text("画面宽度 1080 px、画面高度 1920 px")
    expect(stopped).to_contain_text("请把手机横过来重拍")
    stopped.locator("details.cite summary").click()
    expect(stopped.locator(".cite-words")).to_contain_text("统一为横版")
    expect(page.get_by_role("button", name="仍要上传")).to_have_count(0)
    contact.look("portrait film, stopped")
    assert asked == []
    assert premises.stage("uploads", module=MODULE)["begun"] == before
    expect(page.locator(".file-now")).to_have_count(0)

    page.locator("fc-upload input[type=file]").set_input_files(films["own"])
    expect(page.locator(".file-now")).to_be_visible()
    assert asked[:2] == ["POST", "POST"]  # leave is asked for, the upload is begun
    assert "PATCH" in asked
    assert premises.stage("uploads", module=MODULE)["begun"] == before + 1
    contact.leave()


@pytest.mark.clause("J10", "B4")
def test_a_copy_with_a_logo_and_a_crop_plays_beside_its_original(
    browser: Browser, premises: Premises, house: dict[str, Any]
) -> None:
    office = Visitor(browser, premises.address, "organiser")
    office.sign_in(house["organiser"], house["password"])
    page = office.page
    page.goto(f"/c/{SLUG}/office/likenesses/")
    expect(page.get_by_role("heading", name="1 组等待决定")).to_be_visible()
    office.look("look-alikes")
    page.locator(f'.likeness-pair a[href$="/{house["pair"]}/"]').click()
    for title in house["titles"]:
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
    office.look("side by side")
    # Its own button comes with the script of the two films; before that a moment is a button of nothing.
    expect(page.get_by_role("button", name="改听对方的声音")).to_be_visible()

    moment = page.locator("button[data-left]").first
    starts = {
        side: float(moment.get_attribute(f"data-{side}") or "nan")
        for side in ("left", "right", "pace")
    }
    # Which of the two stands left is not said; the copy begins a second later.
    assert abs(starts["left"] - starts["right"]) == pytest.approx(LATER, abs=0.35)
    assert starts["pace"] == pytest.approx(1, abs=0.02)
    moment.click()
    expect(moment).to_have_attribute("aria-current", "true")
    page.wait_for_function(
        "from => [...document.querySelectorAll('fc-together video')]"
        ".every((film, side) => film.currentTime > from[side] + 0.8 && !film.paused)",
        arg=[starts["left"], starts["right"]],
    )
    left, right = page.evaluate(
        "() => [...document.querySelectorAll('fc-together video')].map(film => film.currentTime)"
    )
    wanted = starts["right"] + (left - starts["left"]) * starts["pace"]
    assert right == pytest.approx(wanted, abs=0.45)
    page.locator("fc-player").first.get_by_role("button", name="暂停").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('fc-together video')].every(film => film.paused)"
    )

    page.get_by_role("radio", name=re.compile("^认定重复")).check()
    page.get_by_label("理由").fill("画面逐段相同，裁了边，加了标识")
    page.get_by_role("button", name="记下决定").click()
    expect(page.get_by_text("画面逐段相同，裁了边，加了标识").first).to_be_visible()
    office.look("decided")
    office.leave()
