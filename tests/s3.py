"""An S3 server on loopback: moto's, in this process, which can be away for a while."""

from __future__ import annotations

import http.client
import logging
import secrets
from typing import Any

import pytest


class S3:
    """The server; `environ` is what leads any S3 client to it."""

    def __init__(self) -> None:
        pytest.importorskip("s3fs", reason="needs the extra dev-s3")
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._server = _started(0)
        self.port = self._server.get_host_and_port()[1]
        self.environ = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "desk",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def archive(self) -> str:
        """The address of an archive in a new bucket."""
        bucket = f"desk-{secrets.token_hex(4)}"
        self.ask("PUT", f"/{bucket}")
        return f"s3://{bucket}/archive"

    def ask(self, method: str, path: str) -> bytes:
        """The body of the answer to a bare request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
            return body
        finally:
            connection.close()

    def stop(self) -> None:
        """Nothing; the server is away, what it holds is kept."""
        self._server.stop()

    def resume(self) -> None:
        """Nothing; the server is back where it was."""
        self._server = _started(self.port)


def _started(port: int) -> Any:
    server = pytest.importorskip("moto.server", reason="needs the extra dev-s3")
    found = server.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    found.start()
    return found
