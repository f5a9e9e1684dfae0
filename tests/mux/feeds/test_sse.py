"""Event streams: joined, joined anew, and asked beside; and no server can make us wait or grow."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import AGENTS
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.agent import Feed
from agentmux.core.facts import Source
from agentmux.mux.feeds import sse
from agentmux.mux.feeds.reports import Reports, keep_feeds
from agentmux.mux.feeds.sse import EventLines, Streams, address
from agentmux.mux.mux import Mux
from agentmux.paths import places
from tests.support.events import exited, launch, opened

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Teller:
    """An agent whose every event is a title of the same words."""

    RANKS = f.RANKS

    @staticmethod
    def parse(source: Source, record: dict[str, Any], at: datetime) -> list[f.AnyFact]:
        assert source is Source.EVENTS
        if "asked" in record:
            said = sorted(f"{k.rpartition('/')[2]}={v}" for k, v in record["asked"].items())
            return [f.Titled(at=at, title="asked " + " ".join(said))]
        return [f.Titled(at=at, title=record["say"])]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(say: str) -> bytes:
    return chunk(b"data: " + json.dumps({"say": say}).encode() + b"\n\n")


@dataclass
class Server:
    """An agent's server; what it answers with is a list of parts, each sent once it is its turn."""

    streams: list[bytes] = field(default_factory=list)
    """What each joining gets, one after the other; then nothing more is said and it stays open."""
    answers: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.requests.append(head)
            if path != "/event":
                body = self.answers.get(path)
                status = b"200 OK" if body is not None else b"404 Not Found"
                writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b"
                             % (status, len(body or b""), body or b""))  # fmt: skip
            elif self.streams:
                said = self.streams.pop(0)
                writer.write(said)
            else:
                self.joined.set()
                writer.write(HEAD)
                await reader.read()
                self.left.set()


@asynccontextmanager
async def serving(*streams: bytes) -> AsyncIterator[Server]:
    made = Server(list(streams))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "AGENTS", {**AGENTS, "claude": Teller})
    monkeypatch.setattr(sse, "PAUSES_S", (0.0,))


@asynccontextmanager
async def joining(server: Server, *asked: str) -> AsyncIterator[Mux]:
    """Session s1 with the server's stream, looked at whenever that is asked for."""
    places().make()
    base = f"http://127.0.0.1:{server.port}"
    feed = Feed(
        source=Source.EVENTS,
        way="sse",
        place=f"{base}/event",
        headers={"Authorization": "Basic c2VjcmV0"},
        asked=tuple(base + path for path in asked),
    )
    async with Mux(places(), Config()) as mux, asyncio.TaskGroup() as group:
        reports = Reports(mux)
        started = e.AgentStarted(
            at=mux.now(), session="s1", run=1, pid=1, pgid=1, shim_pid=1, spool_offset=0
        )
        await mux.record(opened(agent_session_id="ses_1"), launch("s1", 1), started)
        places().session_dir("s1").mkdir()
        keep_feeds(places(), mux.fleet.sessions["s1"], (feed,))
        tasks = [
            group.create_task(Streams(mux, reports).run()),
            group.create_task(look_when_stirred(reports)),
        ]
        try:
            yield mux
        finally:
            for task in tasks:
                task.cancel()


async def look_when_stirred(reports: Reports) -> None:
    while True:
        await reports.stirred.wait()
        reports.stirred.clear()
        await reports.read()


async def told(mux: Mux, count: int) -> list[str]:
    """The first `count` titles in the ledger, once there are so many."""
    while len(titles(mux)) < count:
        more = asyncio.Event()
        unsubscribe = mux.subscribe(lambda _fleet, more=more: more.set())  # type: ignore[misc]
        if len(titles(mux)) < count:
            await more.wait()
        unsubscribe()
    return titles(mux)


def titles(mux: Mux) -> list[str]:
    rows = [row for _, row in mux.ledger.since(0) if isinstance(row, e.Reported)]
    facts = [fact for row in rows for fact in row.facts]
    return [fact.title if isinstance(fact, f.Titled) else repr(fact) for fact in facts]


async def test_events_are_recorded_in_their_order_with_what_was_asked_first() -> None:
    async with serving(HEAD + event("one") + event("two")) as server:
        server.answers = {"/status": b'"busy"', "/of/ses_1": b"[1]"}
        async with joining(server, "/status", "/gone", "/of/{id}") as mux:
            said = await told(mux, 3)
    assert said[:3] == ["asked status=busy {id}=[1]", "one", "two"]


async def test_every_request_carries_the_authorization() -> None:
    async with serving() as server:
        server.answers = {"/status": b"{}"}
        async with joining(server, "/status") as mux:
            await told(mux, 1)
    assert len(server.requests) == 2
    assert all("Authorization: Basic c2VjcmV0\r\n" in head for head in server.requests)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        b"garbage\r\n\r\n",
        HEAD + b"zz\r\n",
        HEAD + b"ffffff\r\nhalf of it",
        HEAD + b"0\r\n\r\n",
    ],
)
async def test_a_stream_that_breaks_is_joined_anew(broken: bytes) -> None:
    async with serving(broken, broken, HEAD + event("one")) as server, joining(server) as mux:
        while "one" not in titles(mux):
            await told(mux, len(titles(mux)) + 1)
        await server.joined.wait()


async def test_a_server_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As opencode's, for a request that comes while it starts."""
    monkeypatch.setattr(sse, "ANSWER_S", 0.05)

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            waiting.append(writer)
            if len(waiting) == 3:
                tried.set()
            await reader.read()

    waiting: list[asyncio.StreamWriter] = []
    tried = asyncio.Event()
    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    made = Server(port=server.sockets[0].getsockname()[1])
    async with joining(made):
        await tried.wait()
    server.close()


async def test_a_stream_that_falls_silent_is_joined_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sse, "SILENT_S", 0.05)
    async with serving() as server, joining(server) as mux:
        await told(mux, 3)
    assert len(server.requests) >= 3


async def test_an_ended_session_is_let_go() -> None:
    async with serving() as server, joining(server) as mux:
        await server.joined.wait()
        await mux.record(exited("s1", run=1, code=0))
        await server.left.wait()
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "place",
    [
        "http://evil.example/event",
        "http://127.0.0.1.evil.example:80/",
        "https://127.0.0.1:80/",
        "http://localhost:80/",
        "http://127.0.0.1/event",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "file:///etc/passwd",
        "",
    ],
)
def test_nobody_else_is_spoken_to(place: str) -> None:
    assert address(place) is None


def test_a_place_on_the_loopback_is_taken_apart() -> None:
    assert address("http://127.0.0.1:4096/a/b?c=d") == ("127.0.0.1", 4096, "/a/b?c=d")


# --- the lines of a stream --------------------------------------------------------------------

SAID = (
    b'data: {"a": 1}\n\n: a comment\nevent: x\nid: 7\ndata:{"b":\ndata: "\xc3\xa9"}\n\n\n\r\n'
    b"data: 3\r\n\r\n"
)
MEANT = [{"a": 1}, {"b": "é"}, 3]


@given(st.lists(st.integers(0, len(SAID)), max_size=6))
def test_any_split_gives_the_same_events(cuts: list[int]) -> None:
    lines, bounds = EventLines(), sorted({0, *cuts, len(SAID)})
    parts = [SAID[first:last] for first, last in pairwise(bounds)]
    assert [event for part in parts for event in lines.feed(part)] == MEANT


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_garbage_is_an_event_of_nothing_or_none(parts: list[bytes]) -> None:
    lines = EventLines()
    for part in parts:
        list(lines.feed(part))
    list(lines.feed(b"\n\n"))
    assert list(lines.feed(SAID)) == MEANT


def test_what_is_too_long_is_passed_over_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LONGEST", 100)
    lines = EventLines()
    endless = b"data: " + b"x" * 1000
    assert list(lines.feed(endless)) == []
    assert len(lines._line) <= 100
    assert list(lines.feed(endless + b"\n\n")) == [None]
    many = b'data: "part"\n' * 50
    assert list(lines.feed(many + b"\n")) == [None]
    assert list(lines.feed(b"data: 1\n\n")) == [1]


def test_what_is_no_json_is_an_event_of_nothing() -> None:
    assert list(EventLines().feed(b"data: {\n\ndata: " + b"[" * 9999 + b"\n\ndata: 2\n\n")) == [
        None, None, 2,
    ]  # fmt: skip
