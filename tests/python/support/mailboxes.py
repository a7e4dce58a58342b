"""Local servers that notices are sent to: one that takes JSON over HTTP, one that takes e-mail."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Inbox:
    """What a server took. `refusals`: how many messages it refuses first; `asked` counts every attempt."""

    url: str = ""
    refusals: int = 0
    asked: int = 0
    messages: list[Any] = field(default_factory=list)


@contextmanager
def json_inbox(refusals: int = 0) -> Generator[Inbox]:
    """A server of apprise's json:// addresses; a message is a dict with `title` and `message`."""
    inbox = Inbox(refusals=refusals)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.asked += 1
            is_taken = inbox.asked > inbox.refusals
            if is_taken:
                inbox.messages.append(json.loads(body))
            self.send_response(200 if is_taken else 503)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        inbox.url = f"json://user:hidden-word@127.0.0.1:{port}/"
        yield inbox


@contextmanager
def mail_inbox() -> Generator[Inbox]:
    """A server of apprise's mailto:// addresses; a message is an EmailMessage."""
    inbox = Inbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                word = line.decode().strip().upper()[:4]
                if word == "DATA":
                    self._say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    read = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                    assert isinstance(read, EmailMessage)
                    inbox.messages.append(read)
                self._say("221 bye" if word == "QUIT" else "250 done")
                if word == "QUIT":
                    return

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        inbox.url = f"mailto://127.0.0.1:{port}/?from=from@example.com&to=to@example.com&mode=insecure"
        yield inbox


@contextmanager
def _serving(server: socketserver.TCPServer) -> Generator[int]:
    """The port of the server, which answers until the block ends."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
