"""What a still picture shows beside its header: screenshot, enlargement, editing, place of taking; and
the picture as a page, for whoever reads what stands on it."""

from __future__ import annotations

import io

from PIL import Image
from psd_tools import PSDImage

from fengcai.media.stills.looking import look
from fengcai.media.stills.opening import heic_sample
from fengcai.media.stills.showing import fingerprint, shown

__all__ = ["fingerprint", "look", "shown", "warm_up"]


def warm_up() -> None:
    """Decode one picture of each kind, so that nothing is opened behind the walls."""
    for name in ("png", "jpeg", "webp", "tiff", "gif", "bmp", "avif", "heic", "psd"):
        made = io.BytesIO()
        if name == "heic":
            made.write(heic_sample())
        elif name == "psd":
            PSDImage.new("RGB", (64, 64)).save(made)
        else:
            Image.new("RGB", (64, 64)).save(made, name)
        look(name, made)
        page = shown(name, made)
        if page is not None:
            fingerprint(page)
