"""The HTTP side: one thread per connection, answers streamed, every request remembered."""

import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

from tests.real.fake_llm_api import anthropic, responses
from tests.real.fake_llm_api.script import Conversation, Response, Step, next_step

TITLE = "Scripted session"
GATE_LIMIT_S = 120.0
APIS: dict[str, ModuleType] = {"messages": anthropic, "responses": responses}


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    path: str
    status: int
    key: str
    """The API key; each session of a test has its own."""
    is_turn: bool = False
    """False for titles, summaries and anything else beside the conversation."""
    user_texts: tuple[str, ...] = ()


@dataclass
class Memory:
    """What the tests may look at and turn."""

    requests: list[Request] = field(default_factory=list)
    gates: defaultdict[str, threading.Event] = field(
        default_factory=lambda: defaultdict(threading.Event)
    )


class FakeApi(ThreadingHTTPServer):
    """Listens on a free loopback port from the moment it is made; use it in `with`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.memory = Memory()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def turns(self, key: str = "") -> list[Request]:
        """The requests of conversations, oldest first; of one API key when it is given."""
        found = [request for request in self.memory.requests if request.is_turn]
        return [request for request in found if key in request.key]

    def open_gate(self, name: str) -> None:
        """Let responses with `gate NAME` go on, those to come included."""
        self.memory.gates[name].set()

    def __exit__(self, *details: object) -> None:
        for gate in self.memory.gates.values():
            gate.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An agent that hangs up is no error of the server's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeApi

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The requests are in `Memory`."""

    def do_HEAD(self) -> None:
        self._json(200, {})

    def do_GET(self) -> None:
        self._remember(200 if self.path.rstrip("/").endswith("/models") else 404)
        self._json(self.server.memory.requests[-1].status, {"object": "list", "data": []})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length") or 0))
        route = self.path.partition("?")[0].rsplit("/", 1)[-1]
        if route == "count_tokens":
            self._remember(200)
            self._json(200, {"input_tokens": max(1, len(data) // 4)})
        elif route in APIS:
            self._answer(APIS[route], json.loads(data))
        else:
            self._remember(404)
            self._json(404, {"error": {"type": "not_found_error", "message": "no such route"}})

    def _answer(self, api: ModuleType, body: dict[str, Any]) -> None:
        talk: Conversation = api.read_request(body)
        step = next_step(talk) if talk.is_turn else _aside(talk)
        ident = self._remember(200, talk)
        if step.response.gate:
            self.server.memory.gates[step.response.gate].wait(GATE_LIMIT_S)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("request-id", f"req_{ident}")
        self.end_headers()
        for name, event in api.stream(step, talk.model, ident):
            self._chunk(f"event: {name}\ndata: {json.dumps(event)}\n\n".encode())
        self._chunk(b"")

    def _remember(self, status: int, talk: Conversation | None = None) -> str:
        key = self.headers.get("x-api-key") or self.headers.get("authorization") or ""
        seen = Request(self.path, status, key)
        if talk:
            seen = replace(seen, is_turn=talk.is_turn, user_texts=tuple(talk.user_texts))
        self.server.memory.requests.append(seen)
        return f"fake{len(self.server.memory.requests):06d}"

    def _json(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data if self.command != "HEAD" else b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def _aside(talk: Conversation) -> Step:
    """The answer to a request beside the conversation; where it wants JSON, every text is TITLE."""
    if talk.schema is None:
        return Step(Response(text=TITLE), "")
    named = talk.schema.get("required")
    names = named if isinstance(named, list) else ["title"]
    return Step(Response(text=json.dumps(dict.fromkeys(names, TITLE))), "")
