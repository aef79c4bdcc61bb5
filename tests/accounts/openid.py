"""An OpenID provider in a process of its own, on loopback, and people who hold accounts there."""

import re
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import requests


class Provider:
    """A provider as its administrator and its people see it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def know(self, subject: str, **claims: object) -> None:
        """Give an account there its claims; those that were there are forgotten."""
        requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def consent(self, authorize: str, subject: str) -> str:
        """Sign in there as someone would; where the browser is then sent: path and query."""
        answer = requests.post(authorize, {"sub": subject}, allow_redirects=False, timeout=10)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


@contextmanager
def running_provider():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # It refuses whoever comes without a nonce, and puts the nonce in its tokens.
    command = [
        sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--require-nonce",
        "--port", str(port),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/.well-known/openid-configuration")
        yield Provider(address)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return requests.get(address, timeout=2).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def state_in(address: str) -> str:
    return re.search(r"[?&]state=([^&]+)", address)[1]
