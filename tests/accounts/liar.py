"""A provider that lies: whatever token, keys or discovery a test wants, on loopback."""

import json
import threading
import time
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "atn"


def fresh_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Liar:
    """Honest until a test changes `config`, `keys`, `claims`, `token` or `raw`."""

    def __init__(self, address: str) -> None:
        self.address, self.key, self.kid, self.algorithm = address, fresh_key(), "une", "RS256"
        self.config = {
            "issuer": address,
            "authorization_endpoint": f"{address}/authorize",
            "token_endpoint": f"{address}/token",
            "jwks_uri": f"{address}/jwks",
        }
        self.claims: dict[str, object] = {}
        # By path: a body that is sent in the place of the right one, at once or in parts.
        self.raw: dict[str, bytes | Iterable[bytes]] = {}
        # By path: where one is sent for the answer.
        self.moved: dict[str, str] = {}
        self.rotate(self.key, self.kid)

    def rotate(self, key, kid: str) -> None:
        """The keys that are published from now on; the old ones are gone."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        self.key, self.kid = key, kid
        self.keys = {"keys": [public | {"kid": kid, "use": "sig", "alg": "RS256"}]}

    def token(self) -> str:
        now = int(time.time())
        told = {"iss": self.address, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300}
        told |= self.claims
        said = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(said, self.key, algorithm=self.algorithm, headers={"kid": self.kid})

    def answer(self, path: str) -> bytes | Iterable[bytes]:
        if path in self.raw:
            return self.raw[path]
        told = {
            "/.well-known/openid-configuration": lambda: self.config,
            "/jwks": lambda: self.keys,
            "/token": lambda: {
                "access_token": "x",
                "token_type": "Bearer",
                "id_token": self.token(),
            },
        }
        return json.dumps(told[path]()).encode()


@contextmanager
def running_liar():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = liar.answer(path)
            self.send_response(302 if path in liar.moved else 200)
            self.send_header("Location", liar.moved.get(path, ""))
            self.send_header("Content-Type", "application/json")
            if isinstance(body, bytes):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # whoever asked has heard enough
                for part in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(part)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *args: object) -> None:
            """Nothing on the tests' screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    liar = Liar(f"http://127.0.0.1:{server.server_port}")
    # Asked often whether it is over: by default each test would wait half a second for that.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
