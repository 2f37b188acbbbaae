"""What the proxy lets through, as tables: domains, addresses, request lines, framing."""

from __future__ import annotations

import pytest

from dynasaur.errors import UsageError
from dynasaur.proxy.addresses import is_public
from dynasaur.proxy.allowed import Allowed, check_network
from dynasaur.proxy.target import Refused, check, check_framing, read_target


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "11.0.0.1", "100.63.255.255",
        "100.128.0.1", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1",
    ],
)  # fmt: skip
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3",
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "169.254.1.1", "100.64.0.1", "100.100.100.200", "168.63.129.16",
        "192.0.0.1", "192.0.0.9", "192.0.0.192", "192.0.2.1", "198.51.100.1", "203.0.113.1",
        "192.88.99.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "233.252.0.1",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::1",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
        "2606:4700::1111%eth0", "fec0::1", "ff02::1", "ff0e::1",
        "", "example.test", "8.8.8.8.", "0177.0.0.1", "2130706433",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)


ALLOWED = Allowed.parse("allow=Example.test., bücher.test,files.test:8443,xn--strae-oqa.test")


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "http://example.test", "example.test:80/"),
        ("GET", "http://example.test/", "example.test:80/"),
        ("GET", "http://EXAMPLE.Test/A?b", "example.test:80/A?b"),
        ("GET", "HTTP://example.test/", "example.test:80/"),
        ("GET", "http://example.test?b", "example.test:80/?b"),
        ("GET", "http://example.test./", "example.test:80/"),
        ("GET", "http://a.b.example.test/", "a.b.example.test:80/"),
        ("GET", "http://example.test:443/", "example.test:443/"),
        ("GET", "http://example.test:00080/", "example.test:80/"),
        ("GET", "http://xn--bcher-kva.test/", "xn--bcher-kva.test:80/"),
        ("GET", "http://files.test:8443/", "files.test:8443/"),
        ("GET", "http://a_b.example.test/", "a_b.example.test:80/"),
        ("GET", "http://xn--strae-oqa.test/", "xn--strae-oqa.test:80/"),
        ("GET", "http://example.test//evil.test/", "example.test:80//evil.test/"),
        ("GET", "http://example.test/@evil.test", "example.test:80/@evil.test"),
        ("CONNECT", "example.test:443", "example.test:443"),
        ("CONNECT", "Example.TEST.:80", "example.test:80"),
        ("CONNECT", "deep.files.test:8443", "deep.files.test:8443"),
    ],
)
def test_let_through(method: str, path: str, target: str) -> None:
    found = read_target(method, path)
    check(found, ALLOWED)
    assert f"{found.host}:{found.port}{found.path}" == target


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        # other hosts, however near their names
        ("GET", "http://evil.test/", "evil.test is not allowed"),
        ("GET", "http://notexample.test/", "not allowed"),
        ("GET", "http://example.test.evil.test/", "not allowed"),
        ("GET", "http://test/", "not allowed"),
        ("GET", "http://localhost/", "not allowed"),
        ("GET", "http://xn--exmple-cua.test/", "not allowed"),
        ("CONNECT", "metadata.google.internal:80", "not allowed"),
        # other ports
        ("GET", "http://example.test:22/", "example.test:22 is not allowed"),
        ("CONNECT", "example.test:25", "not allowed"),
        ("CONNECT", "example.test:8443", "not allowed"),
        ("CONNECT", "files.test:443", "not allowed"),
        ("CONNECT", "example.test:0", "no port 0"),
        ("CONNECT", "example.test:65536", "no port 65536"),
        ("CONNECT", "example.test:99999", "no port 99999"),
        ("CONNECT", "example.test", "needs a host name and a port"),
        ("CONNECT", "example.test:", "needs a host name and a port"),
        ("CONNECT", ":443", "needs a host name and a port"),
        ("CONNECT", "example.test:443:443", "needs a host name and a port"),
        ("CONNECT", "example.test:+443", "needs a host name and a port"),
        ("CONNECT", "example.test:0x1bb", "needs a host name and a port"),
        ("CONNECT", "example.test:443/", "needs a host name and a port"),
        ("CONNECT", "http://example.test:443", "needs a host name and a port"),
        # addresses in all their spellings
        ("CONNECT", "93.184.216.34:443", "addresses cannot be reached"),
        ("CONNECT", "127.0.0.1:80", "addresses cannot be reached"),
        ("CONNECT", "127.1:80", "addresses cannot be reached"),
        ("CONNECT", "2130706433:80", "addresses cannot be reached"),
        ("CONNECT", "0x7f000001:80", "addresses cannot be reached"),
        ("CONNECT", "0x7f.0.0.1:80", "addresses cannot be reached"),
        ("CONNECT", "0177.0.0.01:80", "addresses cannot be reached"),
        ("CONNECT", "example.test.1:80", "addresses cannot be reached"),
        ("CONNECT", "[::1]:80", "needs a host name and a port"),
        ("CONNECT", "[::ffff:127.0.0.1]:80", "needs a host name and a port"),
        ("GET", "http://[::1]/", "no plain host name"),
        ("GET", "http://169.254.169.254/latest/meta-data", "addresses cannot be reached"),
        # names that are none
        ("GET", "http:///x", "no plain host name"),
        ("GET", "http://./", "addresses cannot be reached"),
        ("GET", "http://example..test/", "addresses cannot be reached"),
        ("GET", "http://example.test../", "addresses cannot be reached"),
        ("GET", "http://-example.test/", "addresses cannot be reached"),
        ("GET", "http://" + "a." * 130 + "example.test/", "no plain host name"),
        # somebody else's host behind a user's name
        ("GET", "http://example.test@evil.test/", "no plain host name"),
        ("GET", "http://evil.test@example.test/", "no plain host name"),
        ("GET", "http://example.test:80@evil.test/", "no plain host name"),
        ("GET", "http://evil.test\\@example.test/", "no plain host name"),
        ("GET", "http://evil.test#.example.test/", "whole address"),
        ("GET", "http://example.test%2eevil.test/", "no plain host name"),
        ("GET", "http://evil.test%00.example.test/", "no plain host name"),
        ("GET", "http://ex\u00e4mple.test/", "no plain host name"),
        ("GET", "http://example\u3002test/", "no plain host name"),
        # what is no address at all
        ("GET", "/", "whole address"),
        ("GET", "*", "whole address"),
        ("GET", "//example.test/", "whole address"),
        ("GET", "example.test:80", "whole address"),
        ("GET", "https://example.test/", "whole address"),
        ("GET", "ftp://example.test/", "whole address"),
        ("GET", "file:///etc/passwd", "whole address"),
        ("GET", "http:example.test", "whole address"),
        ("GET", "http://example.test/a b", "whole address"),
        ("GET", "http://example.test/\x00", "whole address"),
        ("get", "http://example.test/", "method"),
        ("G ET", "http://example.test/", "method"),
        ("connect", "example.test:443", "method"),
    ],
)
def test_refused(method: str, path: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check(read_target(method, path), ALLOWED)


@pytest.mark.parametrize(
    ("method", "headers", "said"),
    [
        ("POST", [("Content-Length", "3"), ("Transfer-Encoding", "chunked")], "not both"),
        ("POST", [("Content-Length", "3"), ("Content-Length", "4")], "one length"),
        ("POST", [("Content-Length", "3"), ("Content-Length", "3")], "one length"),
        ("POST", [("Content-Length", "+3")], "one length"),
        ("POST", [("Content-Length", "-3")], "one length"),
        ("POST", [("Content-Length", "0x3")], "one length"),
        ("POST", [("Content-Length", "3, 4")], "one length"),
        ("POST", [("Content-Length", "")], "one length"),
        ("POST", [("Transfer-Encoding", "gzip, chunked")], "chunked"),
        ("POST", [("Transfer-Encoding", "chunked, identity")], "chunked"),
        ("POST", [("Transfer-Encoding", "xchunked")], "chunked"),
        ("POST", [("Transfer-Encoding", "chunked"), ("transfer-encoding", "x")], "chunked"),
        ("GET", [("Transfer-Encoding", "chunked")], "without chunks"),
        ("DELETE", [("Transfer-Encoding", "chunked")], "without chunks"),
        ("GET", [("Host", "example.test"), ("Host", "evil.test")], "one Host"),
    ],
)
def test_a_body_with_two_ends_is_refused(
    method: str, headers: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        check_framing(method, headers)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("allow=", "names no domain"),
        ("allow=,", "names no domain"),
        ("allow=*", "no domain"),
        ("allow=*.example.test", "no domain"),
        ("allow=test", "without a dot"),
        ("allow=localhost", "without a dot"),
        ("allow=127.0.0.1", "no domain"),
        ("allow=[::1]", "no domain"),
        ("allow=10.0.0.0/8", "no domain"),
        ("allow=2130706433", "no domain"),
        ("allow=http://example.test", "no domain"),
        ("allow=example.test/path", "no domain"),
        ("allow=user@example.test", "no domain"),
        ("allow=example.test:0", "no port"),
        ("allow=example.test:x", "no port"),
        ("allow=example.test:", "no port"),
        ("allow=example.test:65536", "no port"),
        ("allow=" + ",".join(f"a{n}.test" for n in range(101)), "the most is 100"),
        ("allow", "choose none, full or allow=DOMAIN"),
        ("some", "choose none, full or allow=DOMAIN"),
        ("", "choose none, full or allow=DOMAIN"),
        ("ALLOW=example.test", "choose none, full or allow=DOMAIN"),
    ],
)
def test_settings_without_sense(setting: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_network(setting)


def test_settings_are_read_as_they_are_written() -> None:
    assert str(ALLOWED) == "example.test,xn--bcher-kva.test,files.test:8443,xn--strae-oqa.test"
    assert str(Allowed.parse("allow=straße.test")) == "xn--strae-oqa.test"
