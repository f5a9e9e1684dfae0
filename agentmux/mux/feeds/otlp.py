"""The OTLP receiver: agents post their telemetry to an address of their own on the loopback.

Port and secret outlive the leader, so an agent that was started under an earlier one is heard
again. A post is answered once what it says is on disk: until then the agent keeps it and posts it
again. An agent whose post finds nobody works on as if nothing were.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.facts import AnyFact, Source
from agentmux.core.otlp import log_records
from agentmux.core.session import Session
from agentmux.core.spool import Parse
from agentmux.mux.feeds.listener import Refused, Request, listen
from agentmux.mux.feeds.reports import Reports
from agentmux.mux.mux import Mux
from agentmux.mux.private import write_private

HOST = "127.0.0.1"
KEPT_S = 5.0
"""Seconds after which a post that is not on disk yet is refused, to be sent again."""
BACKLOG = 64
SIGNALS = frozenset({"/v1/logs", "/v1/metrics", "/v1/traces"})
"""What comes behind the token; nothing but logs is looked at."""


class Receiver:
    """Hears what agents post, and knows the address of each run."""

    def __init__(self, mux: Mux, reports: Reports) -> None:
        self._mux = mux
        self._reports = reports
        self._socket: socket.socket | None = None
        self._port = 0
        self._key = b""

    def open(self) -> None:
        """Take the port, that of the last leader if it is free; addresses can be given from now."""
        path = self._mux.places.receiver
        wanted, self._key = load_port(path)
        try:
            self._socket, self._port = _bind(wanted)
        except OSError as error:
            _say(f"Agents cannot report over HTTP: no port can be had ({error.strerror}).")
            return
        if wanted and self._port != wanted:
            _say(
                f"Port {wanted}, to which running agents report, is taken by another program. "
                f"Agents started from now on report to port {self._port}; of the others hooks and "
                "transcripts still tell."
            )
        try:
            write_private(path, json.dumps({"port": self._port, "key": self._key.hex()}))
        except OSError as error:
            _say(f"The port for reports cannot be kept for the next leader: {error.strerror}.")

    def address(self, session: Session) -> str:
        """Where the newest run of `session` is to post, `http://127.0.0.1:4711/TOKEN`; empty
        while nobody would hear it."""
        if self._socket is None:
            return ""
        return f"http://{HOST}:{self._port}/{self._token(session)}"

    async def run(self) -> None:
        """Hear what is posted, for as long as this runs."""
        if self._socket is None:
            self.open()
        if self._socket is not None:
            try:
                await listen(self._socket, self._take)
            finally:
                self._socket = None

    def _token(self, session: Session) -> str:
        """Unguessable, and good for one run only."""
        return hmac.new(self._key, session.window_name.encode(), hashlib.sha256).hexdigest()[:32]

    async def _take(self, request: Request) -> bytes:
        token, slash, rest = request.path.removeprefix("/").partition("/")
        session = self._owner(token)
        if session is None or slash + rest not in SIGNALS:
            raise Refused(404)
        if rest == "v1/logs" and (row := self._row(session, request.body)) is not None:
            await self._keep(row)
        return b"{}"

    def _owner(self, token: str) -> Session | None:
        """Whose it is; what an agent posts while it ends still counts."""
        given = token.encode()
        for session in self._mux.fleet.present:
            if hmac.compare_digest(self._token(session).encode(), given):
                return session
        return None

    def _row(self, session: Session, body: bytes) -> e.Reported | None:
        """What a body says; None when that is nothing to us."""
        now = self._mux.now()
        parse = AGENTS.get(session.agent, AGENTS["command"]).parse
        try:
            facts = tuple(_facts(json.loads(body), parse, now))
        except (ValueError, RecursionError):
            raise Refused(400) from None
        if not facts:
            return None
        return e.Reported(
            at=max(fact.at for fact in facts),
            session=session.id,
            run=session.run,
            source=Source.OTLP,
            facts=facts,
        )

    async def _keep(self, row: e.Reported) -> None:
        pushed = self._reports.push(row)
        try:
            async with asyncio.timeout(KEPT_S):
                await pushed.kept.wait()
        except TimeoutError:
            self._reports.withdraw(pushed)
            raise Refused(503) from None


def _facts(body: object, parse: Parse, now: datetime) -> Iterator[AnyFact]:
    for at, record in log_records(body, now):
        yield from parse(Source.OTLP, record, min(at, now))


def load_port(path: Path) -> tuple[int, bytes]:
    """Port and secret that the last leader kept; 0 and a new secret when there is none."""
    try:
        kept = json.loads(path.read_bytes())
        port, key = kept["port"], bytes.fromhex(kept["key"])
        if isinstance(port, int) and 0 < port < 1 << 16 and len(key) >= 16:
            return port, key
    except (OSError, ValueError, TypeError, KeyError):
        pass
    return 0, secrets.token_bytes(32)


def _bind(wanted: int) -> tuple[socket.socket, int]:
    """A listening socket on the loopback, on this port if it can be had."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ours of a moment ago is no bar
    try:
        bound.bind((HOST, wanted))
    except OSError:
        bound.bind((HOST, 0))
    bound.listen(BACKLOG)
    bound.setblocking(False)
    return bound, bound.getsockname()[1]


def free_port() -> int:
    """A port of the loopback that nobody has now; somebody may take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _say(text: str) -> None:
    """To the leader's log."""
    print(text, file=sys.stderr)  # noqa: T201
