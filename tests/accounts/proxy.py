"""A reverse proxy, as a real one: each client's address is added to X-Forwarded-For."""

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Handler(BaseHTTPRequestHandler):
    """Passes requests on; X-Client names whom the proxy takes to be at the other end."""

    protocol_version = "HTTP/1.1"
    target = ""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name != "Connection"}
        client = headers.pop("X-Client", self.client_address[0])
        said = headers.get("X-Forwarded-For")
        headers["X-Forwarded-For"] = f"{said}, {client}" if said else client
        link = http.client.HTTPConnection(self.target, timeout=30)
        link.request(self.command, self.path, body, headers)
        answer = link.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        link.close()

    do_GET = do_POST = _pass_on  # noqa: N815 -- the names that the library calls

    def log_message(self, *args) -> None:
        """Say nothing."""


@contextmanager
def proxy_to(address: str):
    """The address of a proxy that stands before `address` for the time of the block."""
    handler = type("Bound", (Handler,), {"target": urlsplit(address).netloc})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
