"""Connections to addresses that somebody typed: to the public network, and nowhere inside ours.

The address that is checked is the one that is connected to, after the name was resolved, so that
neither a redirection nor a name that changes its mind leads inside (CWE-918).
"""

import socket
from http.client import HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from typing import Any
from urllib.request import HTTPSHandler, Request


class NotPublic(OSError):
    """The address is one of this machine, of its network, or of nobody."""


class PublicHttps(HTTPSHandler):
    """For `build_opener`: https, to public addresses only."""

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_PublicConnection, req)


class _PublicConnection(HTTPSConnection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = self._connect

    def _connect(self, address: tuple[str, int], *args: Any) -> socket.socket:
        """Through a proxy, it is the name asked of the proxy that must be public."""
        behind: str | None = getattr(self, "_tunnel_host", None)
        if behind:
            _public(behind, HTTPSConnection.default_port)
            return socket.create_connection(address, *args)
        return socket.create_connection((_public(*address), address[1]), *args)


def _public(host: str, port: int) -> str:
    """The first address of a host, all of whose addresses are public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(where[0]).partition("%")[0] for *_kind, where in found]
    if not all(ip_address(each).is_global for each in addresses):
        raise NotPublic
    return addresses[0]
