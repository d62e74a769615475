"""What was compressed comes out whole, in bounded steps, or not at all."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard

from scraper.codings import Decoding, decoded
from scraper.errors import Incomplete, TooLarge, WrongType

TEXT = b"".join(b"<p>%d the ferry to Orm %d sails</p>\n" % (i, i * i * 7919 % 99991) for i in range(3000))
LIMIT = 10 << 20
STREAMS = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress(TEXT),
}


@pytest.mark.parametrize("coding", STREAMS)
@pytest.mark.parametrize("n_bytes", [1, 7, 1000, 1 << 20])
def test_pieces_of_any_size(coding: str, n_bytes: int):
    """However the network cuts a stream, the same comes out."""
    raw = STREAMS[coding]
    decoding = Decoding("", coding, LIMIT)
    out = [piece for at in range(0, len(raw), n_bytes) for piece in decoding.feed(raw[at : at + n_bytes])]
    decoding.check_end()
    assert b"".join(out) == TEXT


@pytest.mark.parametrize("coding", STREAMS)
@pytest.mark.parametrize("n_missing", [1, 3, 9, 4000])
def test_a_cut_stream_is_incomplete(coding: str, n_missing: int):
    """One missing byte is enough."""
    with pytest.raises(Incomplete):
        decoded(STREAMS[coding][:-n_missing], coding, LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_wrong_checksum_is_incomplete(coding: str):
    """The three formats that have one."""
    raw = bytearray(STREAMS[coding])
    raw[-5 if coding == "gzip" else -1] ^= 1
    with pytest.raises(Incomplete):
        decoded(bytes(raw), coding, LIMIT)


def test_zstd_may_not_ask_for_a_huge_window():
    """More than 8 MiB is damage (RFC 9659)."""
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(Incomplete):
        decoded(packer.compress(TEXT) + packer.flush(), "zstd", LIMIT)


PACKERS = {
    "gzip": lambda data: gzip.compress(data, 1),
    "br": lambda data: brotli.compress(data, quality=3),
    "zstd": zstandard.compress,
}
BOMB = bytes(10**8)


@pytest.mark.parametrize("inner", PACKERS)
@pytest.mark.parametrize("outer", [None, *PACKERS])
def test_bombs(inner: str, outer: str | None):
    """Every one is given up within 1 MiB of the limit, on little memory."""
    raw = PACKERS[inner](BOMB)
    coding = inner if outer is None else f"{inner}, {outer}"
    decoding = Decoding("", coding, LIMIT)
    packed = raw if outer is None else PACKERS[outer](raw)
    n_out = 0
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            for piece in decoding.feed(packed):
                n_out += len(piece)
        assert tracemalloc.get_traced_memory()[1] < LIMIT + (5 << 20)
    finally:
        tracemalloc.stop()
    assert n_out == LIMIT
    assert max(decoding._counts) <= LIMIT + (1 << 20)


@pytest.mark.parametrize("coding", ["gzip, gzip, gzip", "compress", "gzip;q=1"])
def test_unknown_codings(coding: str):
    """At most two, of those that were asked for."""
    with pytest.raises(WrongType):
        decoded(b"", coding, LIMIT)
