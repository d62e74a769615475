"""Pages broken at random, as storms of templates, cut connections and hostile hands break them."""

import random

FORGED = (
    b"<div>", b"</div>", b"<table><tr>", b"</p></p>", b"<p", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"</script>",
    b"<style>", b"<textarea>", b"<plaintext>", b"<template>", b"<svg><title>", b"<math><mi>", b"<select><option>",
    b"<article>", b"<main hidden>", b"<h1>", b"<br>" * 50, b"<b><i><u>", b"<time datetime='", b"<meta charset=utf-16>",
    b"<base href='//[::1'>", b"<a href='javascript:", b"<a href='http://[", b"<link rel=canonical href='http://a:99999/'>",
    b'<script type="application/ld+json">{"@type":"NewsArticle","author":[[{"name":{"name":1}}]],"datePublished":',
    b'<script type="application/ld+json">' + b'{"@graph":[' * 300,
    b"<meta property='article:published_time' content='99999-99-99T99:99:99+99:99'>",
    b"<meta property='og:title' content='" + b"A" * 5000 + b"'>", b"&#0;&#xD800;&#1114112;", b"&" * 200,
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[31m", b"\xe2\x80\xae", b"\xf0\x9f\x91\xa8\xe2\x80\x8d" * 40,
    b"<x-a>" * 500, b"<p>" * 2000, b"<li>" * 500, b" class='" + b"a b " * 500 + b"'>", b" itemprop=name itemscope ",
)  # fmt: skip
_N_MOST = 8


def mutate(html: bytes, chance: random.Random, other: bytes = b"") -> bytes:
    """`html` with one to eight faults; parts of `other` may be spliced in."""
    for _ in range(chance.randint(1, _N_MOST)):
        html = chance.choice((_cut, _repeat, _swap, _spoil, _forge, _forge, _splice, _unclose))(html, chance, other)
    return html


def _span(html: bytes, chance: random.Random, most: int) -> tuple[int, int]:
    start = chance.randint(0, len(html))
    return start, min(len(html), start + chance.randint(0, most))


def _cut(html: bytes, chance: random.Random, _other: bytes) -> bytes:
    start, end = _span(html, chance, max(1, len(html) // 2))
    return html[:start] + html[end:]


def _repeat(html: bytes, chance: random.Random, _other: bytes) -> bytes:
    start, end = _span(html, chance, 2000)
    return html[:end] + html[start:end] * chance.choice((1, 2, 50)) + html[end:]


def _swap(html: bytes, chance: random.Random, _other: bytes) -> bytes:
    a, b, c = sorted(chance.randint(0, len(html)) for _ in range(3))
    return html[:a] + html[b:c] + html[a:b] + html[c:]


def _spoil(html: bytes, chance: random.Random, _other: bytes) -> bytes:
    spoiled = bytearray(html)
    for _ in range(chance.randint(1, 200) if html else 0):
        spoiled[chance.randrange(len(spoiled))] = chance.choice((0, 60, 62, 34, 39, 38, 255, chance.randrange(256)))
    return bytes(spoiled)


def _forge(html: bytes, chance: random.Random, _other: bytes) -> bytes:
    at = chance.randint(0, len(html))
    return html[:at] + chance.choice(FORGED) * chance.choice((1, 1, 3, 40)) + html[at:]


def _splice(html: bytes, chance: random.Random, other: bytes) -> bytes:
    at = chance.randint(0, len(html))
    start, end = _span(other, chance, 20_000)
    return html[:at] + other[start:end] + html[at:]


def _unclose(html: bytes, chance: random.Random, _other: bytes) -> bytes:
    return html.replace(chance.choice((b"</div>", b"</p>", b"</a>", b"</script>", b"-->", b'"', b">")), b"")
