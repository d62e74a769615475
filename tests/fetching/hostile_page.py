"""Run as a program where nothing but loopback exists (`unshare -rn`): what does a page reach from inside our browser?

The page tries every way out that a script has, to the inner addresses of `hostile`. Prints what was reached, as JSON,
and what the same page reaches from a Chromium of its own.
"""

import asyncio
import json
from datetime import UTC, datetime

from playwright.async_api import async_playwright

from scraper.fetching import browser
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import Request
from tests.fetching.hostile import TARGETS, bring_up

SCRIPT = """
const targets = %s, places = %s;
for (const t of targets) fetch(t, {mode: 'no-cors'}).catch(() => 0);
for (const p of places) {
  new Image().src = p + 'image';
  for (const [tag, name] of [['script', 'src'], ['iframe', 'src'], ['video', 'src'], ['object', 'data'], ['embed', 'src']]) {
    const e = document.createElement(tag); e[name] = p + tag; document.body.append(e);
  }
  for (const rel of ['stylesheet', 'prefetch', 'preload', 'preconnect', 'dns-prefetch', 'icon', 'manifest', 'modulepreload']) {
    const e = document.createElement('link'); e.rel = rel; e.href = p + rel; e.as = 'script'; document.head.append(e);
  }
  const s = document.createElement('style'); s.textContent = `@import '${p}import'; body { background: url(${p}css) }`;
  document.head.append(s);
  for (const f of [() => new WebSocket(p.replace('http', 'ws')), () => new EventSource(p + 'events'),
    () => navigator.sendBeacon(p + 'beacon', 'x'), () => new Worker(p + 'worker'), () => window.open(p + 'window'),
    () => new WebTransport(p.replace('http', 'https')), () => fetch(p + 'post', {method: 'POST', body: 'x', mode: 'no-cors'}), () => fetch(p + 'ping', {keepalive: true}),
    () => { const r = new XMLHttpRequest(); r.open('GET', p + 'xhr'); r.send() },
    () => { const c = new RTCPeerConnection({iceServers: [{urls: 'stun:' + new URL(p).host}]}); c.createDataChannel('x');
            c.createOffer().then(o => c.setLocalDescription(o)) },
    () => { const f = document.createElement('form'); f.action = p + 'form'; f.target = 'x' + Math.random(); f.method = 'post';
            document.body.append(f); f.submit() }]) { try { f() } catch (e) {} }
}
setTimeout(() => { location = places[0] + 'location' }, 300);
"""


class Inside(asyncio.DatagramProtocol):
    """The inner servers: what they saw."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.reached.append("datagram")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        self.reached.append(line.decode("latin-1").strip() or "connection")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        writer.close()


async def main() -> dict[str, list[str]]:
    """What the page reached, from our browser and from a plain one."""
    inside = Inside()
    secret = await asyncio.start_server(inside.serve, "0.0.0.0", 0)
    port = secret.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: inside, ("0.0.0.0", port))
    places = [f"http://{host}:{port}/" for host in ("127.0.0.1", "10.0.0.1", "169.254.169.254")]
    script = SCRIPT % (json.dumps([t.format(port=port) for t in TARGETS]), json.dumps(places))
    html = f"<html><body><p>Shown.</p><script>{script}</script></body></html>".encode()

    async def outer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {len(html)}\r\n\r\n"
        writer.write(head.encode() + html)
        writer.close()

    front = await asyncio.start_server(outer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{front.sockets[0].getsockname()[1]}/"
    policy = FetchPolicy(user_agent="t/1", min_delay_s=0, obeys_robots=False, allow_addresses=(url[7:-1],))
    async with Fetcher(policy, now=_now) as fetcher, browser.Browser(policy, now=_now) as ours:
        page = await fetcher.fetch(Request(url=url))
        shown = (await ours.render(page)).body.decode()
        reached = list(inside.reached)
    async with async_playwright() as playwright:
        plain = await playwright.chromium.launch(executable_path=browser._command())
        tab = await plain.new_page()
        await tab.goto(url, wait_until="commit")
        await asyncio.sleep(2)
        await plain.close()
    transport.close()
    for server in (secret, front):
        server.close()
    return {"shown": [shown], "reached": reached, "reached_by_plain_chromium": inside.reached[len(reached) :]}


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    bring_up()
    print(json.dumps(asyncio.run(main())))
