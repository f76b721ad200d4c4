"""What a still picture shows beside its header: screenshot, enlargement, editing, place of taking."""

from __future__ import annotations

from fengcai.media.stills.looking import look, warm_up

__all__ = ["look", "warm_up"]
