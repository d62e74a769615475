"""The peer of `tests.benchmarks.crawl`: Scrapy, trafilatura in a pool of two processes, and one SQLite writer.

    python crawl_scrapy.py PORT DATABASE HOST...       in an environment with scrapy and trafilatura

Does what a person would write with them: feeds are read, pages fetched two at a time a host and 32 in all, robots.txt
asked, texts and metadata read side by side, rows committed 100 at a time.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from concurrent.futures import ProcessPoolExecutor

import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess


def read(html: str, url: str) -> dict | None:
    """What trafilatura finds."""
    found = trafilatura.extract(html, url=url, output_format="json", with_metadata=True, include_comments=False)
    return json.loads(found) if found else None


class Writer:
    """The pipeline: texts from the pool into SQLite."""

    def open_spider(self) -> None:
        self.pool = ProcessPoolExecutor(2)
        self.database = sqlite3.connect(sys.argv[2])
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute(
            "CREATE TABLE articles (url TEXT PRIMARY KEY, title TEXT, author TEXT, date TEXT, body TEXT)"
        )
        self.n = 0

    async def process_item(self, item: dict) -> dict:
        found = await asyncio.get_running_loop().run_in_executor(self.pool, read, item["html"], item["url"])
        if found:
            row = (item["url"], found["title"], found["author"], found["date"], found["text"])
            self.database.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?)", row)
            self.n += 1
            if self.n % 100 == 0:
                self.database.commit()
        return {"url": item["url"]}

    def close_spider(self) -> None:
        self.database.commit()
        self.database.close()
        self.pool.shutdown()


class News(scrapy.Spider):
    """All articles of all feeds."""

    name = "news"

    async def start(self):
        for host in sys.argv[3:]:
            yield scrapy.Request(f"http://{host}:{sys.argv[1]}/feed.xml", self.parse)

    def parse(self, response):
        for link in response.xpath("//item/link/text()").getall():
            yield scrapy.Request(link, self.page)

    def page(self, response):
        yield {"url": response.url, "html": response.text}


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "ITEM_PIPELINES": {Writer: 1},
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
            "CONCURRENT_ITEMS": 100,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "WARNING",
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        }
    )
    process.crawl(News)
    process.start()
