"""Free ports of the loopback. Reserves nothing: whoever asks should listen soon."""

from __future__ import annotations

import random
import socket

# Below the range that Linux takes outgoing connections' ports from: a server that was killed finds
# its port free when it starts again.
FIRST, LAST = 15_000, 32_000


def free_port() -> int:
    """A port that nothing listens on. Raises OSError when fifty in a row are taken."""
    for _ in range(50):
        port = random.randint(FIRST, LAST)  # noqa: S311  (no secret)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("本机回环地址上没有找到空闲端口")
