"""Does repairing double-encoded UTF-8 harm right text, and does it find what is wrong?

    python -m tests.benchmarks.mojibake

On the pages and gold texts of the development corpora: every gold text and page is put through the repair as it is
(none of the right ones may change; pages that change are shown, for people to judge), and every gold text is encoded
once more and has to come back.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scraper import mojibake

BENCH = Path(__file__).resolve().parents[2] / "../shared/bench"
SETS = ("wcxb", "fundus", "trafilatura", "mozilla", "postlight", "chinese")


def pages() -> Iterator[tuple[str, Any]]:
    """The corpora's pages with their dataset; nothing where they are not."""
    sys.path.insert(0, str(BENCH))
    import datasets

    for name in SETS:
        for page in datasets.load(name, all_types=True) if name == "wcxb" else datasets.load(name):
            yield name, page


def damaged(text: str) -> str:
    """`text` encoded once more."""
    return "".join(chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
                   for byte in text.encode())  # fmt: skip


def texts(page: Any) -> list[str]:
    """The right texts of a page."""
    return [text for text in (page.gold, page.title, *(page.authors or ())) if text and not text.isascii()]


def main() -> None:
    """Prints the figures."""
    n_pages = n_texts = n_harmed = n_runs = n_back = n_bytes = 0
    cpu_s = 0.0
    for name, page in pages():
        html = page.html if isinstance(page.html, bytes) else page.html.encode()
        started = time.process_time()
        _, n_repaired = mojibake.repair(html)
        cpu_s += time.process_time() - started
        n_pages, n_bytes = n_pages + 1, n_bytes + len(html)
        if n_repaired:
            print(f"repaired: {n_repaired:5} characters  {name}  {page.url}")
        for text in texts(page):
            n_texts += 1
            after, n_changed = mojibake.repair(text.encode())
            n_harmed += bool(n_changed)
            if n_changed:
                print(f"changed: {name} {page.url}\n  " + "\n  ".join(
                    f"{old} -> {new}" for old, new in zip(text.splitlines(), after.decode().splitlines(), strict=True)
                    if old != new))  # fmt: skip
            for line in text.splitlines():
                n_runs += not line.isascii()
                n_back += not line.isascii() and mojibake.repair(damaged(line).encode())[0].decode() == line
    print(f"{n_pages} pages, {cpu_s / max(1, n_pages) * 1e6:.0f} µs a page of {n_bytes / max(1, n_pages) / 1e3:.0f} kB")
    print(f"{n_texts} gold texts beyond ASCII, {n_harmed} changed")
    print(f"{n_runs} paragraphs encoded twice, {n_back} ({n_back / max(1, n_runs):.1%}) come back")


if __name__ == "__main__":
    main()
