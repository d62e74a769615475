from scraper import dom
from scraper.extraction.layout import Layout

def read(nodes: list[dom.Node], layout: Layout) -> None: ...
