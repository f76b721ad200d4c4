"""The browser, the installation and the films that all journeys share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from fengcai.samples.films import FILMS, NoFont, make_film
from tests.journeys.premises import Premises
from tests.journeys.visitor import AXE

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: the journeys need a browser")
    if not AXE.exists():
        pytest.skip("frontend/node_modules is not there: the journeys need axe-core")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`own`: the film that travels through the browser; `other`: that of the other units."""
    folder = tmp_path_factory.mktemp("films")
    first, second = FILMS[0], FILMS[1]
    kinds = {
        "own": dataclasses.replace(first, lines=first.lines[:1], crf=22),
        "other": dataclasses.replace(second, lines=()),
    }
    try:
        return {
            name: make_film(film, folder / f"{name}.mp4", speech="tones")
            for name, film in kinds.items()
        }
    except NoFont as missing:
        pytest.skip(f"sample films cannot be made: {missing}")


@pytest.fixture(scope="session")
def premises(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A server and a worker on fresh data. After `browser`, so that a skip costs nothing."""
    here = Premises(tmp_path_factory.mktemp("premises"))
    try:
        here.open()
        yield here
    finally:
        here.close()
