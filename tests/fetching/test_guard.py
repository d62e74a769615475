"""Only public addresses are reached, whatever they are called."""

import asyncio
import socket

import pytest

from scraper.errors import SettingsError, UnsafeAddress
from scraper.fetching.guard import AllowList, Blocked, Guard, GuardedResolver, is_allowed, is_public

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "192.0.1.1",
    "198.20.0.1",
    "223.255.255.255",
]
PUBLIC_V6 = ["2606:4700::1111", "2a00:1450:4001::5", "2400:cb00::1", "2003::1", "2001:4860:4860::8888"]
NOT_PUBLIC = {
    "this network": "0.0.0.0 0.1.2.3",
    "private": "10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255",
    "shared by carriers": "100.64.0.1 100.100.100.200 100.127.255.255",
    "loopback": "127.0.0.1 127.1.2.3 127.255.255.254 ::1",
    "link-local, metadata": "169.254.169.254 169.254.170.2 169.254.0.1 fe80::1 fe80::1%eth0 fe80::a9fe:a9fe",
    "metadata on other networks": "168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254",
    "documentation": "192.0.2.1 198.51.100.1 203.0.113.9 2001:db8::1 3fff::1",
    "benchmarks": "198.18.0.1 198.19.255.255 2001:2::1",
    "protocol assignments": "192.0.0.1 192.0.0.9 192.0.0.171 192.88.99.1 2001::1 2001:20::1",
    "multicast": "224.0.0.1 239.255.255.250 ff02::1 ff0e::1",
    "reserved": "240.0.0.1 255.255.255.255 :: 100::1 4000::1 5f00::1 8000::1",
    "mapped": "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1",
    "compatible": "::127.0.0.1 ::10.0.0.1",
    "NAT64": "64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::8.8.8.8 64:ff9b:1::a00:1",
    "6to4": "2002:7f00:1:: 2002:a9fe:a9fe::1 2002:a00:1::",
    "Teredo": "2001:0:7f00:1::1 2001::ffff:ffff",
    "site-local": "fec0::1 feff::1",
    "unique local": "fc00::1 fd12:3456::1",
    "no address": "localhost 127.1 0x7f000001 2130706433 [::1] 0177.0.0.1 1.2.3 1.2.3.4.5 x",
}


@pytest.mark.parametrize("ip", [*PUBLIC, *PUBLIC_V6])
def test_public(ip: str) -> None:
    """Global unicast addresses are public."""
    assert is_public(ip)
    assert is_allowed(ip, 443)


@pytest.mark.parametrize("ip", [ip for ips in NOT_PUBLIC.values() for ip in ips.split()])
def test_not_public(ip: str) -> None:
    """Every special-purpose range, and every range that carries an IPv4 address inside, is refused."""
    assert not is_public(ip)
    assert not is_allowed(ip, 80)


@pytest.mark.parametrize("port", [22, 25, 110, 6667, 6000, 0])
def test_ports(port: int) -> None:
    """Ports that are not for the web are refused on public addresses too."""
    assert not is_allowed("8.8.8.8", port)
    assert is_allowed("8.8.8.8", 8080)


HOSTILE_TEXT = """
    http://127.0.0.1/ http://127.1/ http://2130706433/ http://0x7f000001/ http://0177.0.0.1/ http://0x7f.0x0.0x0.0x1/
    http://127.0.0.1.:80/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://%31%32%37.0.0.1/ http://user@127.0.0.1/
    http://example.org@127.0.0.1/ http://127.0.0.1#@example.org/ http://0/ http://0.0.0.0/ http://[::]/ http://[::1]/
    http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::127.0.0.1]/
    http://10.0.0.1/ http://012.0.0.1/ http://167772161/ http://172.16.0.1/ http://192.168.1.1/ http://192.168.257/
    http://100.64.0.1/ http://169.254.169.254/latest/meta-data/ http://2852039166/ http://0xa9fea9fe/
    http://0251.0376.0251.0376/ http://[::ffff:169.254.169.254]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1::a00:1]/
    http://[2002:7f00:1::]/ http://[2001:0:7f00:1::]/ http://[fe80::1]/ http://[fec0::1]/ http://[fd00:ec2::254]/
    http://[ff02::1]/ http://224.0.0.1/ http://255.255.255.255/ http://198.18.0.1/ http://192.0.0.192/
    http://168.63.129.16/ http://100.100.100.200/ http://8.8.8.8:22/ http://8.8.8.8:25/ http://paper.example:6667/
    ftp://127.0.0.1/ file:///etc/passwd gopher://127.0.0.1:70/ dict://127.0.0.1:2628/ data:text/html,x javascript:x
    jar:http://127.0.0.1!/x unix:///run/x ldap://127.0.0.1/ tftp://127.0.0.1/ ws://127.0.0.1/
"""


@pytest.mark.parametrize("url", HOSTILE_TEXT.split())
def test_hostile_addresses(url: str) -> None:
    """Each of these addresses that lead inwards is refused before a name is even resolved."""
    with pytest.raises(UnsafeAddress):
        Guard(AllowList()).check(url)


def test_connecting_is_checked() -> None:
    """No socket is made for an address that is not public, whatever name led there."""
    guard = Guard(AllowList.read(["127.0.0.1:81", "printer.example:82"]))
    family = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
    for address in (("127.0.0.1", 80), ("10.0.0.1", 81), ("169.254.169.254", 80)):
        with pytest.raises(Blocked):
            guard.open_socket((*family, address))
    guard.open_socket((*family, ("127.0.0.1", 81))).close()
    guard.open_socket((*family, ("93.184.216.34", 80))).close()
    with pytest.raises(Blocked):
        guard.open_socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1%eth0", 80, 0, 2)))


def test_names_on_the_list() -> None:
    """A name on the allow-list opens what it resolves to, on its port, and nothing else."""
    guard = Guard(AllowList.read(["printer.example:82"]))
    family = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
    guard.permit("10.0.0.9", 82, "printer.example")
    guard.permit("10.0.0.8", 82, "other.example")
    guard.permit("10.0.0.9", 83, "printer.example")
    guard.open_socket((*family, ("10.0.0.9", 82))).close()
    for address in (("10.0.0.8", 82), ("10.0.0.9", 83)):
        with pytest.raises(Blocked):
            guard.open_socket((*family, address))


@pytest.mark.parametrize(
    ("entry", "ip", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("127.0.0.1", "127.0.0.1", 1),
        ("10.0.0.0/8", "10.9.9.9", 80),
        ("10.0.0.0/8:8080", "10.9.9.9", 8080),
        ("[::1]:8000", "::1", 8000),
        ("::1", "::1", 80),
        ("[fd00::/8]:80", "fd00::1", 80),
        ("fe80::/10", "fe80::1%eth0", 80),
    ],
)
def test_allow_list(entry: str, ip: str, port: int) -> None:
    """An entry opens its address or network, on its port or on any."""
    allow = AllowList.read([" " + entry])
    assert is_allowed(ip, port, allow)
    assert not is_allowed("192.168.0.1", port, allow)
    if ":" + str(port) in entry:
        assert not is_allowed(ip, port + 1, allow)


@pytest.mark.parametrize("entry", ["", "10.0.0.0/33", "host:port", "host:99999", "10.0.0.1/8/9", "a/b", "1:2:3:x"])
def test_wrong_allow_list(entry: str) -> None:
    """What is no host, address or network is told to whoever wrote it."""
    with pytest.raises(SettingsError, match="allow_addresses"):
        AllowList.read([entry])


def test_names_under_localhost() -> None:
    """Names under localhost never leave the machine, so they cannot be asked of a name server."""

    async def main() -> list[str]:
        return [found["host"] for found in await GuardedResolver(Guard(AllowList())).resolve("a.localhost", 80)]

    assert set(asyncio.run(main())) <= {"127.0.0.1", "::1"}
