"""How long the fast path and feedparser take for an ordinary feed of 30 articles with their texts.

Run as a command from the root: `python -m tests.benchmarks.feeds_measure`. Prints the best CPU time of ten readings each.
"""

import time
from collections.abc import Callable
from typing import Any

from scraper.discovery import feeds
from tests.discovery.test_fastfeeds import ORDINARY, SOURCE, page_of

N_READINGS = 10


def measure(read: Callable[..., Any]) -> float:
    """The best of ten readings, in seconds of CPU."""
    page = page_of(ORDINARY.encode())
    found = []
    for _ in range(N_READINGS):
        begin = time.process_time()
        read(SOURCE, page)
        found.append(time.process_time() - begin)
    return min(found)


if __name__ == "__main__":
    fast, slow = measure(feeds.read), measure(feeds.read_tolerantly)
    print(f"{len(ORDINARY)} bytes: fast {fast * 1000:.1f} ms, feedparser {slow * 1000:.1f} ms, ratio {slow / fast:.1f}")
