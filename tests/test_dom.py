"""The door to the parser: what elements are, and that no page takes it long."""

from __future__ import annotations

import time

import pytest

from scraper import dom, taming


@pytest.mark.parametrize(
    ("tag", "role"),
    [
        ("span", dom.Role.SPAN),
        ("a", dom.Role.LINK),
        ("strong", dom.Role.BOLD),
        ("pre", dom.Role.PRE),
        ("script", dom.Role.SKIP),
        ("br", dom.Role.BREAK),
        ("img", dom.Role.MEDIA),
    ],
)
def test_elements_have_the_role_a_reader_gives_them(tag: str, role: int):
    """The table is keyed by the parser's own numbers for tags."""
    assert dom.ROLES[dom.parse("<p>").create_node(tag).tag_id] == role


def test_text_and_bytes_give_the_same_tree():
    """A page may come as text or as UTF-8."""
    assert dom.parse("<p>größer 中</p>").html == dom.parse("<p>größer 中</p>".encode()).html


def test_lone_surrogates_do_not_break_the_parser():
    """Text that is no Unicode is parsed too."""
    assert dom.parse("<p>a\ud800b").body is not None


FLOODS = {
    "nested": b"<div>" * 30_000 + b"text",
    "nested and closed": b"<div>" * 30_000 + b"text" + b"</div>" * 30_000,
    "nested lists": b"<ul><li>" * 30_000 + b"text",
    "attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">text</div>",
    "attributes with marks": b"<div " + b" ".join(b'a%d=">"' % n for n in range(50_000)) + b">text</div>",
    "attributes without values": b"<div " + b" ".join(b"a%d" % n for n in range(50_000)) + b">text</div>",
    "options": b"<select>" + b"<option>a" * 30_000 + b"</select>text",
    "formatting": b"".join(b"<p><font a=%d>x" % n for n in range(5_000)) + b"text",
    "unfinished tags": b"<div " * 50_000 + b"text",
    "unfinished comments": b"<!--" * 50_000,
    "tags of other names between": b"<p><div></span></span></b></i>" * 30_000,
    "paragraphs between": b"<p></i><div></p>" * 30_000,
    "quotes": b"<a b=\"<a b='" * 50_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_parsed_in_no_time(name: str):
    """Untamed these take 1 to 60 s; a second is generous on a slow machine."""
    start = time.process_time()
    dom.parse(FLOODS[name])
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("name", ["nested", "nested and closed", "nested lists", "attributes", "options", "formatting"])
def test_taming_loses_no_text(name: str):
    """Tags and attributes go, text stays."""
    body = dom.parse(FLOODS[name]).body
    assert body is not None
    assert "text" in body.text()


def test_an_ordinary_page_is_left_alone():
    """What has no signs of a flood comes back as the very same bytes."""
    page = b"<html><body><p>one<p>two<br><img src=x>" * 200
    assert taming.tame(page) is page


def test_scripts_and_comments_are_no_tags():
    """Markup inside scripts and comments neither counts as depth nor is trimmed."""
    page = b"<script>" + b"'<div>'" * 1000 + b"</script><!--" + b"<div>" * 1000 + b"--><p>text</p>"
    assert taming.tame(page) == page
