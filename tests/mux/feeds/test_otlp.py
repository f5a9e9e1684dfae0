"""What agents post is answered once it is on disk, and nobody else is heard."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from agentmux.agents import AGENTS
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.core.usage import Tokens
from agentmux.errors import LedgerError
from agentmux.mux.feeds import otlp
from agentmux.mux.feeds.otlp import Receiver
from agentmux.mux.feeds.reports import Reports
from agentmux.mux.mux import Mux
from agentmux.paths import places
from tests.mux.feeds.test_listener import exchange, post, status_of
from tests.support.events import exited, launch, opened


class Teller:
    """An agent whose log records are usage: `{"name": "used", "attributes": {"id", "out"}}`."""

    RANKS = f.RANKS

    @staticmethod
    def parse(source: Source, record: dict[str, Any], at: Any) -> list[f.AnyFact]:
        assert source is Source.OTLP
        if record["name"] == "boom":
            raise RuntimeError("an adapter with a fault")
        if record["name"] != "used":
            return []
        about = record["attributes"]
        return [f.Usage(at=at, response=about["id"], tokens=Tokens(output=about["out"]))]


def body(*ids: str, name: str = "used", t: int = 0) -> bytes:
    """An OTLP body with one log record for each id."""
    records = [
        {
            "timeUnixNano": str(t),
            "body": {"stringValue": name},
            "attributes": [
                {"key": "id", "value": {"stringValue": each}},
                {"key": "out", "value": {"intValue": "7"}},
            ],
        }
        for each in ids
    ]
    return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).encode()


@dataclass
class Rig:
    """A receiver, and what it writes into."""

    mux: Mux
    reports: Reports
    receiver: Receiver

    @property
    def session(self) -> Session:
        return self.mux.fleet.sessions["s1"]

    @property
    def place(self) -> tuple[str, int]:
        host, _, port = self.receiver.address(self.session).split("/")[2].partition(":")
        return host, int(port)

    @property
    def path(self) -> str:
        """The path at which session s1 posts its logs."""
        return "/" + self.receiver.address(self.session).split("/")[3] + "/v1/logs"

    async def post(self, content: bytes, path: str | None = None) -> int:
        """The status with which a post is answered."""
        return status_of(await exchange(self.place, post(self.place, path or self.path, content)))

    def kept(self) -> list[str]:
        """Responses in the ledger."""
        rows = [event for _, event in self.mux.ledger.since(0) if isinstance(event, e.Reported)]
        return [fact.response for row in rows for fact in row.facts if isinstance(fact, f.Usage)]


@pytest.fixture(autouse=True)
def teller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "AGENTS", {**AGENTS, "claude": Teller})


@asynccontextmanager
async def receiving() -> AsyncIterator[Rig]:
    """A receiver with session s1, and looks whenever one is asked for."""
    places().make()
    async with Mux(places(), Config()) as mux, asyncio.TaskGroup() as group:
        reports = Reports(mux)
        rig = Rig(mux, reports, Receiver(mux, reports))
        if "s1" not in mux.fleet.sessions:
            await mux.record(opened(), launch("s1", 1))
        rig.receiver.open()
        tasks = [group.create_task(rig.receiver.run()), group.create_task(look_when_stirred(rig))]
        try:
            yield rig
        finally:
            for task in tasks:
                task.cancel()


async def look_when_stirred(rig: Rig) -> None:
    while True:
        await rig.reports.stirred.wait()
        rig.reports.stirred.clear()
        await rig.reports.read()


async def test_what_is_posted_is_on_disk_once_it_is_answered() -> None:
    async with receiving() as rig:
        assert await rig.post(body("a", "b")) == 200
        assert rig.kept() == ["a", "b"]


async def test_other_signals_are_taken_and_not_looked_at() -> None:
    async with receiving() as rig:
        assert await rig.post(b"no JSON", rig.path.replace("logs", "metrics")) == 200
        assert await rig.post(body(name="other")) == 200
        assert rig.kept() == []


async def test_a_record_from_the_future_happened_now_at_the_latest() -> None:
    async with receiving() as rig:
        later = rig.mux.now() + timedelta(hours=1)
        await rig.post(body("a", t=int(later.timestamp() * 1e9)))
        (row,) = [r for _, r in rig.mux.ledger.since(0) if isinstance(r, e.Reported)]
        assert row.at <= rig.mux.now()
        assert row.facts[0].at <= rig.mux.now()


async def test_what_an_agent_posts_while_it_ends_still_counts() -> None:
    async with receiving() as rig:
        await rig.mux.record(exited("s1", run=1, code=0))
        assert await rig.post(body("a")) == 200
        assert rig.kept() == ["a"]


async def test_what_cannot_be_kept_is_refused_to_be_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with receiving() as rig:
        with monkeypatch.context() as full:
            full.setattr(otlp, "KEPT_S", 0.05)
            full.setattr(Reports, "read", nothing)
            assert await rig.post(body("a")) == 503
            assert rig.reports.pushed == {}
        assert await rig.post(body("a")) == 200
        assert rig.kept() == ["a"]


async def nothing(_reports: Reports) -> None:
    """A look at which nothing can be recorded."""


async def test_a_row_whose_recording_failed_is_recorded_at_the_next_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places().make()
    async with Mux(places(), Config()) as mux:
        await mux.record(opened(), launch("s1", 1))
        reports = Reports(mux)
        pushed = reports.push(e.Reported(at=mux.now(), session="s1", run=1, source="otlp"))
        with monkeypatch.context() as full:
            full.setattr(mux, "record", fail)
            with pytest.raises(LedgerError):
                await reports.read()
        assert not pushed.kept.is_set()
        await reports.read()
        assert pushed.kept.is_set()


async def fail(*_: object) -> None:
    raise LedgerError("The disk is full.")


# --- refused ----------------------------------------------------------------------------------


async def test_a_foreign_token_is_refused() -> None:
    async with receiving() as rig:
        await rig.mux.record(opened("s2", slot=2), launch("s2", 1, slot=2))
        assert await rig.post(body("a"), "/" + "0" * 32 + "/v1/logs") == 404
        assert await rig.post(body("a"), "/v1/logs") == 404
        assert await rig.post(body("a"), rig.path.replace("logs", "secrets")) == 404
        other = rig.receiver.address(rig.mux.fleet.sessions["s2"])
        assert other != rig.receiver.address(rig.session)
        assert rig.kept() == []


async def test_the_token_of_an_earlier_run_is_refused() -> None:
    async with receiving() as rig:
        old = rig.path
        await rig.mux.record(launch("s1", 2))
        assert await rig.post(body("a"), old) == 404
        assert await rig.post(body("b")) == 200
        assert rig.kept() == ["b"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":'
        b'[{"key":"n","value":{"intValue":"' + b"9" * 5000 + b'"}}]}]}]}]}',
    ],
)
async def test_a_body_that_is_no_json_of_ours_keeps_nobody_waiting(content: bytes) -> None:
    async with receiving() as rig:
        assert await rig.post(content) in (200, 400)
        assert await rig.post(body("a")) == 200
        assert rig.kept() == ["a"]


# --- from one leader to the next --------------------------------------------------------------


async def test_the_next_leader_is_reached_at_the_same_address() -> None:
    async with receiving() as rig:
        before = rig.receiver.address(rig.session)
        assert await rig.post(body("a")) == 200
    kept = places().receiver
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    async with receiving() as rig:
        assert rig.receiver.address(rig.session) == before
        assert await rig.post(body("b")) == 200
        assert rig.kept() == ["a", "b"]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program has."""
    with socket.socket() as other:
        other.bind((otlp.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


async def test_a_taken_port_is_said_once_and_another_is_used(
    taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    places().make()
    places().receiver.write_text(json.dumps({"port": taken, "key": "ab" * 32}))
    async with receiving() as rig:
        assert rig.place[1] != taken
        assert await rig.post(body("a")) == 200
    async with receiving():
        pass
    assert capsys.readouterr().err.count(f"Port {taken}") == 1


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"port": 70000, "key": "00"}', '{"port": "x"}'])
async def test_a_damaged_file_is_made_anew(kept: str) -> None:
    places().make()
    places().receiver.write_text(kept)
    async with receiving() as rig:
        assert await rig.post(body("a")) == 200
        assert json.loads(places().receiver.read_text())["port"] == rig.place[1]


async def test_nobody_is_given_an_address_that_nobody_hears() -> None:
    places().make()
    session = apply(Fleet(), opened()).sessions["s1"]
    async with Mux(places(), Config()) as mux:
        assert Receiver(mux, Reports(mux)).address(session) == ""
