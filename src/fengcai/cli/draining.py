"""A uvicorn server whose open streams end when it is told to stop.

A stream is a response that never completes: without this each stop would wait out the whole grace.
"""

from __future__ import annotations

import socket

import uvicorn

from fengcai.engines import live


class Server(uvicorn.Server):
    """Ends the live engine's streams first, then lets other requests finish."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        live.end_streams()
        await super().shutdown(sockets)
