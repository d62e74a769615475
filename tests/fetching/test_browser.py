"""Pages as a real browser shows them: what scripts draw is there, and the browser reaches nothing that a fetch could not."""

import json
import subprocess
import sys

import pytest

from scraper import dom
from scraper.errors import Timeout
from scraper.extraction import extract
from scraper.fetching import browser
from scraper.fetching.browser import Browser
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import Page, PageState, Request
from tests.fetching.test_hostile import ROOT, UNSHARE, has_namespaces
from tests.fetching.web import Server, answer, run

pytestmark = pytest.mark.skipif(bool(browser.why_not()), reason=browser.why_not() or "a browser is here")

TEXT = [
    f"Paragraph {n} of the article is drawn by a script from what it loads, and long enough to be one."
    for n in range(8)
]
SHELL = b"""<html><head><title>Ferry sails again</title><link rel="stylesheet" href="/style.css"></head>
<body><article id="root"></article><img src="/picture.png"><script src="/draw.js"></script><script>/*%s*/</script>
</body></html>""" % (b"x" * 3000)
DRAW = b"""fetch('/data.json', {headers: {accept: 'application/json'}}).then(r => r.json()).then(texts => {
  const root = document.getElementById('root');
  root.innerHTML = '<h1>Ferry sails again</h1>';
  for (const text of texts) { const p = document.createElement('p'); p.textContent = text; root.append(p) }
  document.cookie = 'seen=1';
});"""
SHADOWED = b"""<html><head><title>Ferry sails again</title></head><body><script>
customElements.define('news-text', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({mode: 'open'});
    root.innerHTML = '<style>p { color: red }</style><p>Before.</p><slot name="lead">None.</slot><slot></slot>'
      + '<slot name="none">Instead.</slot><news-note></news-note><p>After.</p>';
  }
});
customElements.define('news-note', class extends HTMLElement {
  connectedCallback() { this.attachShadow({mode: 'open'}).innerHTML = '<p>A root in a root.</p>' }
});
customElements.define('news-secret', class extends HTMLElement {
  connectedCallback() { this.attachShadow({mode: 'closed'}).innerHTML = '<p>Closed.</p>' }
});
</script><news-text><p>Inside.</p><p slot="lead">Lead.</p><p slot="nowhere">Not shown.</p></news-text><news-secret></news-secret>
<div><template shadowrootmode="open"><p>Declared: <slot></slot></p></template><b>yes</b></div></body></html>"""
ROUTES = {
    "a": answer(200, SHELL, Content_Type="text/html; charset=iso-8859-1", ETag='"1"'),
    "draw.js": answer(200, DRAW, Content_Type="text/javascript"),
    "data.json": answer(200, json.dumps([*TEXT, "Zum Schluß"]).encode(), Content_Type="application/json"),
    "shadowed": answer(200, SHADOWED, Content_Type="text/html"),
    "endless": answer(200, b"<p>Before.</p><script>while (true) {}</script>", Content_Type="text/html"),
    "restless": answer(200, b"<p>Shown.</p><script>setInterval(() => fetch('/data.json'), 50)</script>"),
}


def rendered(*paths: str) -> tuple[list[Page | Exception], Server]:
    """What each path shows, one after the other in one browser, and what the server saw."""
    found: list[Page | Exception] = []

    async def scenario(server: Server) -> None:
        policy = FetchPolicy(user_agent="t/1", min_delay_s=0, allow_addresses=(f"127.0.0.1:{server.port}",))
        now = server.clock.now
        async with Fetcher(policy, now=now) as fetcher, Browser(policy, now=now) as own:
            for path in paths:
                page = await fetcher.fetch(Request(url=server.url(path)))
                assert isinstance(page, Page)
                try:
                    found.append(await own.render(page, 2.0 if path == "/endless" else 25.0))
                except Timeout as error:
                    found.append(error)

    return found, run(scenario, **ROUTES)


def test_what_scripts_draw_is_there() -> None:
    """An empty shell becomes the article that a reader sees; the page says that it was rendered, and in which letters."""
    (page,), server = rendered("/a")
    assert isinstance(page, Page)
    assert page.is_rendered
    article = extract(page)
    assert [p.text for p in article.paragraphs] == [*TEXT, "Zum Schluß"]
    assert article.state is PageState.ARTICLE
    assert page.header("etag") == '"1"'
    assert page.header("content-type") == "text/html; charset=utf-8"
    # The page itself is not asked for twice, and pictures and styles not at all.
    assert server.paths == ["/a", "/draw.js", "/data.json"]
    assert all("cookie" not in seen.headers for seen in server.log)


def test_texts_in_shadow_roots_are_read() -> None:
    """What open shadow roots show is there in its place and order, roots in roots too; what no slot shows is not, nor closed roots."""
    (page,), _ = rendered("/shadowed")
    assert isinstance(page, Page)
    body = dom.parse(page.body.decode()).css_first("body")
    assert body is not None
    shown = [text for text in body.text(separator="|", strip=True).partition("|Before.")[2].split("|") if text]
    assert shown == ["Lead.", "Inside.", "Instead.", "A root in a root.", "After.", "Declared:", "yes"]


def test_a_script_without_end_costs_only_its_page() -> None:
    """After the deadline the page has failed, and the next one is shown by a new browser, without the first one's cookie."""
    (first, second, third), server = rendered("/a", "/endless", "/a")
    assert isinstance(first, Page)
    assert isinstance(second, Timeout)
    assert isinstance(third, Page)
    assert third.body == first.body
    assert all("cookie" not in seen.headers for seen in server.log)


def test_a_page_that_never_rests_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads on and on, and what it shows by then is the page; no more than the limit is loaded."""
    monkeypatch.setattr(browser, "_SETTLED_S", 1.0)
    monkeypatch.setattr(browser, "MAX_LOADED", 5)
    (page,), server = rendered("/restless")
    assert isinstance(page, Page)
    assert b"Shown." in page.body
    assert server.paths.count("/data.json") == 5


@pytest.mark.skipif(not has_namespaces(), reason="needs `unshare -rn`")
def test_no_way_leads_inwards() -> None:
    """A page that tries every way out of a browser reaches no inner address; a browser of its own reaches many."""
    command = [UNSHARE, "-rn", sys.executable, "-m", "tests.fetching.hostile_page"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "<p>Shown.</p>" in found["shown"][0]
    assert found["reached"] == []
    assert len(found["reached_by_plain_chromium"]) > 30
