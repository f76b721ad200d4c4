"""An nginx of its own before Fengcai's web process, sending the files that it is told to."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path

from tooling.servers.process import Server, kept_running, program

CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  default_type application/octet-stream;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 0;
    location / {{
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Connection "";
    }}
{locations}
  }}
}}
"""
INTERNAL = "    location {place} {{ internal; alias {folder}/; }}"


class Nginx(Server):
    """`url` is where pages are; `internal` maps places that X-Accel-Redirect names to folders."""

    title = "nginx"
    package = "nginx-light"
    ending = signal.SIGQUIT

    def __init__(self, folder: Path, *, upstream: str, internal: dict[str, Path]) -> None:
        super().__init__(folder)
        self.upstream, self.internal = upstream, internal

    @property
    def url(self) -> str:
        """The address that a browser opens."""
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Write the configuration."""
        places = [INTERNAL.format(place=p, folder=f) for p, f in self.internal.items()]
        text = CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",  # tests' folders are their maker's
            folder=self.folder, port=self.port, upstream=self.upstream,
            locations="\n".join(places),
        )  # fmt: skip
        (self.folder / "nginx.conf").write_text(text)

    def command(self) -> list[str]:
        """The master process in the foreground."""
        binary = program("nginx", self.package)
        return [binary, "-p", str(self.folder), "-e", "stderr", "-c", f"{self.folder}/nginx.conf"]

    def answers(self) -> bool:
        """Whether it speaks HTTP, whatever stands behind it."""
        try:
            urllib.request.urlopen(self.url, timeout=5).close()  # noqa: S310  (the loopback)
        except urllib.error.HTTPError as error:
            error.close()
        return True


def running(
    folder: Path, *, upstream: str, internal: dict[str, Path] | None = None
) -> AbstractContextManager[Nginx]:
    """nginx before `upstream` (http://127.0.0.1:PORT); e.g. `internal={"/protected/": files}`."""
    return kept_running(Nginx(folder, upstream=upstream, internal=internal or {}))
