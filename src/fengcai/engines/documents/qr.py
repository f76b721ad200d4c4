"""QR codes as SVG, for printed certificates and sheets. Draws nothing else."""

from __future__ import annotations

import io

import segno


def svg(text: str, *, dark: str = "#1c1a17", border: int = 0) -> bytes:
    """An SVG of the QR code of `text`, error correction M or better, without a quiet zone.

    The caller leaves four modules of white paper around it, or asks for `border` modules.
    Raises ValueError when the text is empty or longer than a QR code holds.
    """
    if not text:
        raise ValueError("a QR code needs a text")
    try:
        code = segno.make_qr(text, error="m", boost_error=True)
    except segno.DataOverflowError as error:
        raise ValueError(f"the text does not fit a QR code: {error}") from None
    out = io.BytesIO()
    code.save(out, kind="svg", dark=dark, light=None, border=border, xmldecl=False, omitsize=True)
    return out.getvalue()
