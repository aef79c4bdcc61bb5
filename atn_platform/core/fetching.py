"""Asking something of a server that is not ours, which may be slow, endless or gone."""

from contextlib import closing
from io import BytesIO
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

# The answers of a sign-in: a discovery, a few keys, a token. Entra's keys weigh 20 KB.
LARGEST = 512 * 1024
# Seconds between two signs of life, and for a whole answer.
SILENCE, LONGEST = 5, 8
AT_ONCE = 16 * 1024


class BoundedAdapter(HTTPAdapter):
    """Reads the whole answer itself, up to a size and a time: the library knows no such limits.

    `timeout` of the library is a silence; a server that sends a byte a second never reaches it.
    """

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        until = monotonic() + LONGEST
        answer = super().send(request, *args, **kwargs | {"stream": True, "timeout": SILENCE})
        body = bytearray()
        with closing(answer.raw) as raw:
            try:
                # As it comes: what is packed would be larger once unpacked.
                while part := raw.read1(AT_ONCE, decode_content=False):
                    body += part
                    if len(body) > LARGEST or monotonic() > until:
                        raise requests.ConnectionError("Too long an answer", request=request)
            except HTTPError as error:
                raise requests.ConnectionError(error, request=request) from error
        answer.raw = BytesIO(body)
        return answer


def bounded_session() -> requests.Session:
    """Asks for nothing packed, follows no redirect, and leaves nobody waiting."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "identity"
    session.max_redirects = 0
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter())
    return session
