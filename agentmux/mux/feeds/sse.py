"""Event streams over HTTP, by which an agent's own server tells what it does.

A stream is joined for as long as its run lives and joined anew when it breaks; what it does not
repeat is asked for beside it (`Feed.asked`). Only servers on the loopback are spoken to. A server
that listens but does not answer yet (seen at opencode's start, for good) is not waited for.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h11

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.agent import Feed
from agentmux.core.facts import Strange
from agentmux.core.session import Session
from agentmux.mux.feeds.reports import Reports
from agentmux.mux.feeds.tails import is_news
from agentmux.mux.mux import Mux

PAUSES_S = (0.25, 0.5, 1.0, 2.0)
"""Seconds before the next try, one after the other; the last for all further ones."""
ANSWER_S = 10.0
"""Seconds to connect and to answer; a first connection that was let down costs so much."""
SILENT_S = 75.0
"""Seconds without a byte (opencode sends one every 10) after which a stream is joined anew."""
LONGEST = 4 << 20
"""Bytes of one event or one answer; what is longer is passed over and counted."""
WAITING = 500
"""Rows of one session that may wait to be recorded before more is read."""
CHUNK = 1 << 16


class Streams:
    """Joins the streams of the living sessions."""

    def __init__(self, mux: Mux, reports: Reports) -> None:
        self._mux = mux
        self._reports = reports

    async def run(self) -> None:
        """Keep every stream of a living session joined, for as long as this runs."""
        changed = asyncio.Event()
        unsubscribe = self._mux.subscribe(lambda _fleet: changed.set())
        joined: dict[tuple[str, int, str], asyncio.Task[None]] = {}
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    changed.clear()
                    wanted = self._wanted()
                    for key in joined.keys() - wanted.keys():
                        joined.pop(key).cancel()
                    for key in wanted.keys() - joined.keys():
                        joined[key] = group.create_task(self._stay_joined(*wanted[key]))
                    await changed.wait()
        finally:
            unsubscribe()

    def _wanted(self) -> dict[tuple[str, int, str], tuple[Session, Feed]]:
        return {
            (session.id, session.run, feed.place): (session, feed)
            for session in self._mux.fleet.live
            for feed in self._reports.feeds(session)
            if feed.way == "sse" and address(feed.place) is not None
        }

    async def _stay_joined(self, session: Session, feed: Feed) -> None:
        tries = 0
        while True:
            try:
                async with get(feed, feed.place) as stream:
                    tries = 0
                    await self._tell(session, feed, {"asked": await self._asked(session, feed)})
                    await self._listen(session, feed, stream)
            except (OSError, h11.ProtocolError, ValueError):
                pass  # the agent starts, ends or is busy: there is nothing to say about it
            await asyncio.sleep(PAUSES_S[min(tries, len(PAUSES_S) - 1)])
            tries += 1

    async def _listen(self, session: Session, feed: Feed, stream: "Stream") -> None:
        """Hear the stream to its end."""
        lines = EventLines()
        while data := await self._next(stream):
            for event in lines.feed(data):
                await self._tell(session, feed, event)

    async def _next(self, stream: "Stream") -> bytes:
        async with asyncio.timeout(SILENT_S):
            return await stream.read()

    async def _asked(self, session: Session, feed: Feed) -> dict[str, object]:
        known = self._mux.fleet.sessions[session.id].agent_session_id
        found: dict[str, object] = {}
        for place in feed.asked:
            if "{id}" in place and known is None:
                continue
            try:
                async with get(feed, place.replace("{id}", known or "")) as stream:
                    found[place] = json.loads(await stream.read_all())
            except (OSError, h11.ProtocolError, ValueError, RecursionError):
                continue
        return found

    async def _tell(self, session: Session, feed: Feed, event: object) -> None:
        """Have the facts of one event recorded; wait while too many wait."""
        now = self._mux.now()
        parse = AGENTS.get(session.agent, AGENTS["command"]).parse
        facts = parse(feed.source, event, now) if isinstance(event, Mapping) else []
        facts = [fact for fact in facts if is_news(session, fact)]
        if event is None:
            facts = [Strange(at=now, what="an event that is no JSON, or too long")]
        if not facts:
            return
        row = e.Reported(
            at=now, session=session.id, run=session.run, source=feed.source, facts=tuple(facts)
        )
        pushed = self._reports.push(row)
        if len(self._reports.pushed[session.id]) > WAITING:
            await pushed.kept.wait()


@dataclass
class EventLines:
    """Turns the bytes of a stream into the JSON of its events, however they are cut."""

    _line: bytearray = field(default_factory=bytearray)
    _data: bytearray = field(default_factory=bytearray)
    _too_long: bool = False

    def feed(self, data: bytes) -> Iterator[object]:
        """The events that are whole with `data`; None for one that is no JSON or too long."""
        *whole, rest = data.split(b"\n")
        for part in whole:
            self._add(part)
            line, self._line = bytes(self._line).rstrip(b"\r"), bytearray()
            if line.startswith(b"data:"):
                self._data += line[5:].removeprefix(b" ") + b"\n"
                self._cut(self._data)
            elif not line and (self._data or self._too_long):
                yield self._event()
        self._add(rest)

    def _add(self, part: bytes) -> None:
        self._line += part
        self._cut(self._line)

    def _cut(self, kept: bytearray) -> None:
        if len(kept) > LONGEST:
            self._too_long = True
            del kept[LONGEST:]

    def _event(self) -> object:
        data, self._data = bytes(self._data), bytearray()
        too_long, self._too_long = self._too_long, False
        try:
            return None if too_long else json.loads(data)
        except (ValueError, RecursionError):
            return None


def address(place: str) -> tuple[str, int, str] | None:
    """Host, port and path of a place on the loopback; None for any other."""
    try:
        parts = urlsplit(place)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname != "127.0.0.1" or not port:
        return None
    return parts.hostname, port, parts.path + (f"?{parts.query}" if parts.query else "")


@asynccontextmanager
async def get(feed: Feed, place: str) -> AsyncIterator["Stream"]:
    """The answer to a request for `place`; OSError or h11's ProtocolError when there is none."""
    found = address(place)
    if found is None:
        raise ValueError(place)
    host, port, path = found
    async with asyncio.timeout(ANSWER_S):
        reader, writer = await asyncio.open_connection(host, port)
    try:
        async with asyncio.timeout(ANSWER_S):
            stream = Stream(reader, h11.Connection(h11.CLIENT))
            fields = [("Host", f"{host}:{port}"), ("Connection", "close"), *feed.headers.items()]
            writer.write(stream.begin(h11.Request(method="GET", target=path, headers=fields)))
            await stream.answered()
        yield stream
    finally:
        writer.close()


@dataclass
class Stream:
    """An answer as it comes in."""

    _reader: asyncio.StreamReader
    _http: h11.Connection

    def begin(self, request: h11.Request) -> bytes:
        """The bytes of a request without a body."""
        return (self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b"")

    async def answered(self) -> None:
        """Wait for the head of the answer; ConnectionError unless it is a success."""
        head = await self._next()
        if not isinstance(head, h11.Response) or head.status_code != 200:
            raise ConnectionError

    async def read(self) -> bytes:
        """The next bytes of the body; empty at its end."""
        part = await self._next()
        return bytes(part.data) if isinstance(part, h11.Data) else b""

    async def read_all(self) -> bytes:
        """The whole body; ValueError when it is too long."""
        body = bytearray()
        async with asyncio.timeout(ANSWER_S):
            while part := await self.read():
                body += part
                if len(body) > LONGEST:
                    raise ValueError("too long")
        return bytes(body)

    async def _next(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(CHUNK))
        return event
