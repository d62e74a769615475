"""A real nginx on loopback with a configuration of its own, in the foreground, ended by its process.

Tells from its access log what it was asked, and on which connection.
"""

import contextlib
import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

_LOG = "'$connection $status $request|$http_range|$http_accept_encoding|$http_if_none_match|$http_if_modified_since'"
_CONFIG = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    types {{ text/html html; text/plain txt; application/rss+xml xml; }}
    log_format asked {log};
    access_log {folder}/access.log asked;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    gzip_min_length 1; large_client_header_buffers 4 1k;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/www;
        {server}
    }}
}}
"""


@dataclass(frozen=True)
class Asked:
    """One line of the access log."""

    connection: str
    status: int
    request: str
    range: str
    accept_encoding: str
    if_none_match: str
    if_modified_since: str


@dataclass
class Nginx:
    """One nginx: its folder (files in `www`), its port, and its process while it runs."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self) -> list[Asked]:
        """What was asked since this was last called, without robots.txt."""
        # A line is written when the answer has gone; that of a request of our own comes after all before it.
        log, mark = self.folder / "access.log", " /end-of-what-was-asked "
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", mark.strip())
            connection.getresponse().read()
        _wait_until(lambda: mark in log.read_text())
        lines = log.read_text().splitlines()
        log.write_text("")
        return [_line(line) for line in lines if mark not in line and " /robots.txt " not in line]

    def start(self) -> None:
        """Run until `stop`; returns when it answers."""
        assert NGINX is not None
        command = [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        _wait_until(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """End it, all its connections closed."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


@contextmanager
def running(folder: Path, server: str) -> Iterator[Nginx]:
    """An nginx with the directives `server` in its server block, and files in `folder`/www."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "www").mkdir(exist_ok=True)
    (folder / "nginx.conf").write_text(_CONFIG.format(folder=folder, port=port, log=_LOG, server=server))
    nginx = Nginx(folder, port)
    try:
        nginx.start()
        yield nginx
    finally:
        nginx.stop()


def _line(line: str) -> Asked:
    connection, status, rest = line.split(" ", 2)
    return Asked(connection, int(status), *rest.split("|"))


def _wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(250):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("nginx did not do it within 5 s")
