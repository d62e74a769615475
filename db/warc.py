"""WARC records as bytes: written, one gzip member each, and taken apart again (WARC 1.1, ISO 28500:2017).

What came compressed is not packed a second time: the headers are deflated, the body stands behind them in stored
blocks, so that writing costs next to nothing. Knows neither files nor pages; `db.archive` does.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from isal import isal_zlib

from scraper.codings import DAMAGED, decoded
from scraper.errors import BadBody

Headers = tuple[tuple[str, str], ...]

MAX_RECORD_BYTES = 64 << 20  # the largest body that is ever fetched has 50 MiB
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

# Of isal, 0 to 3: 1 is slower and 3 four times as slow for 1 % (pages of 88 kB; 0.16, 0.11 and 0.46 ms).
_LEVEL = 2
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_MAX_STORED_BYTES = 0xFFFF  # of one stored block, RFC 1951 3.2.4
_READ_BYTES = 1 << 18
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """A record taken apart. `fields` are the WARC headers by lower-case name, `headers` those of the answer."""

    fields: dict[str, str]
    headers: Headers
    payload: bytes


def digest(payload: bytes) -> str:
    """The payload's digest, as WARC tools write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()


def warc_date(at: datetime) -> str:
    """A moment as `WARC-Date`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def info_member(file: str, at: datetime) -> bytes:
    """The record that a file begins with."""
    block = b"software: newsdesk\r\nformat: WARC File Format 1.1\r\n"
    fields = {"WARC-Type": "warcinfo", "WARC-Date": warc_date(at), "WARC-Filename": file}
    return member(_head(fields, "application/warc-fields", len(block)) + block + _END)


def http_member(fields: dict[str, str], status: int, headers: Headers, payload: bytes, *, is_packed: bool) -> bytes:
    """A record of an answer. `fields` need type, target and date; `is_packed`: the payload came compressed."""
    lines = "".join([f"{_line(name)}: {_line(value)}\r\n" for name, value in headers])
    http = f"HTTP/1.1 {status} \r\n{lines}\r\n".encode("utf-8", "replace")
    head = _head(fields, "application/http; msgtype=response", len(http) + len(payload)) + http
    return stored(payload + _END, head) if is_packed else member(head + payload + _END)


def _head(fields: dict[str, str], content_type: str, n_bytes: int) -> bytes:
    every = {"WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>"} | fields
    every |= {"Content-Type": content_type, "Content-Length": str(n_bytes)}
    lines = "".join([f"{name}: {_line(value)}\r\n" for name, value in every.items()])
    return f"WARC/1.1\r\n{lines}\r\n".encode("utf-8", "replace")


def _line(value: str) -> str:
    return " ".join(value.splitlines()) if not value.isprintable() else value


def member(content: bytes) -> bytes:
    """`content` as a gzip member (RFC 1952)."""
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, 31)
    packed: bytes = packer.compress(content) + packer.flush()
    return packed


def stored(content: bytes, head: bytes = b"", extra: int = 0) -> bytes:
    """A gzip member of `head`, deflated, and `content` in stored blocks.

    `extra` more bytes (0, or from 2 on) stand in the gzip header.
    """
    field = struct.pack("<H", extra - 2) + b"\0" * (extra - 2) if extra else b""
    out = [_GZIP_HEAD[:3], b"\x04" if extra else b"\x00", _GZIP_HEAD[4:], field]
    if head:
        packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -15)
        out += [packer.compress(head), packer.flush(isal_zlib.Z_FULL_FLUSH)]
    for at in range(0, len(content), _MAX_STORED_BYTES):
        block = content[at : at + _MAX_STORED_BYTES]
        is_last = at + _MAX_STORED_BYTES >= len(content)
        out += [struct.pack("<BHH", is_last, len(block), 0xFFFF ^ len(block)), block]
    crc = isal_zlib.crc32(content, isal_zlib.crc32(head))
    out.append(struct.pack("<II", crc, (len(head) + len(content)) & 0xFFFFFFFF))
    return b"".join(out)


def blank_member(n_bytes: int) -> bytes:
    """A gzip member of exactly `n_bytes` that holds one valid record of blanks, which says that it was deleted."""
    # Only a stored (not compressed) member has a size that can be told beforehand; what is still
    # missing to the length goes into the gzip header's extra field.
    n_blocks = n_bytes // _MAX_STORED_BYTES + 1
    record = _deleted_record(max(0, n_bytes - 300 - 5 * n_blocks))
    missing = n_bytes - len(stored(record))
    return stored(record, extra=missing) if missing >= 2 else b"\0" * n_bytes


def _deleted_record(n_blanks: int) -> bytes:
    head = (
        "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:newsdesk:deleted>\r\n"
        "WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {n_blanks}\r\n\r\n"
    )
    return head.encode() + b" " * n_blanks + _END


def parsed(packed: bytes) -> WarcRecord | None:
    """The record in one gzip member; None where it is cut, damaged, or holds no answer."""
    try:
        plain = decoded(packed, "gzip", MAX_RECORD_BYTES)
    except BadBody:
        return None
    head, _, block = plain.partition(_END)
    first, *lines = head.split(b"\r\n")
    fields = {name.lower(): value for name, value in _pairs(lines)}
    length = fields.get("content-length", "")
    if not first.startswith(b"WARC/") or not length.isdigit() or "http" not in fields.get("content-type", ""):
        return None
    http, _, payload = block[: int(length)].partition(_END)
    headers = tuple((name.lower(), value) for name, value in _pairs(http.split(b"\r\n")[1:]))
    return WarcRecord(fields=fields, headers=headers, payload=payload)


def _pairs(lines: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            yield _text(name), _text(value.strip())


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def whole_until(file: BinaryIO, offset: int) -> int:
    """Where the last whole member ends that can be reached from `offset`, at which one begins."""
    file.seek(offset)
    stream = isal_zlib.decompressobj(wbits=31)
    at = offset  # of what is not yet handed to the stream
    data = b""
    try:
        while data := data or file.read(_READ_BYTES):
            stream.decompress(data, _READ_BYTES)
            rest = stream.unused_data if stream.eof else stream.unconsumed_tail
            at += len(data) - len(rest)
            data = rest
            if stream.eof:
                offset, stream = at, isal_zlib.decompressobj(wbits=31)
    except DAMAGED:
        return offset
    return offset
