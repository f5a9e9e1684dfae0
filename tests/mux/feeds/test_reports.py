"""One look gathers what an agent told in every way, records it once, and says what it means."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agentmux.agents import AGENTS
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.agent import Feed
from agentmux.core.facts import Source
from agentmux.core.reading import count_at, text_at, time_of
from agentmux.core.secrets import BLOT
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.usage import Tokens
from agentmux.mux.feeds import reports as module
from agentmux.mux.feeds.hooks import COMMAND
from agentmux.mux.feeds.reports import (
    ID,
    PARTS,
    TEXT,
    Reports,
    keep_feeds,
    load_feeds,
    without_secrets,
)
from agentmux.mux.mux import Mux
from agentmux.paths import places
from tests.support.events import T0, at, exited, launch, opened

SECRET = "hunter2hunter2"


class Teller:
    """An agent that writes `{"is": fact, …}` by every way."""

    RANKS = f.RANKS

    @staticmethod
    def parse(source: Source, record: Mapping[str, Any], when: datetime) -> list[f.AnyFact]:
        when = time_of(record.get("t"), when)
        match record.get("is"):
            case "working":
                return [f.Working(at=when, activity=text_at(record, "text"))]
            case "asked":
                return [f.Asked(at=when, kind="permission", text=text_at(record, "text"))]
            case "done":
                return [f.TurnEnded(at=when, how="done")]
            case "named":
                path = text_at(record, "path")
                return [f.ConversationNamed(at=when, id=text_at(record, "id"), path=path or None)]
            case "used":
                tokens = Tokens(output=count_at(record, "out"))
                return [f.Usage(at=when, response=text_at(record, "id"), tokens=tokens)]
        return []


@pytest.fixture(autouse=True)
def teller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGENTS", {**AGENTS, "claude": Teller})


@asynccontextmanager
async def reading() -> AsyncIterator[tuple[Mux, Reports]]:
    """A leader's picture with the living session s1; entered again, that of the next leader."""
    places().make()
    async with Mux(places(), Config()) as mux:
        if "s1" not in mux.fleet.sessions:
            await mux.record(opened(), launch("s1", 1), started())
            keep_feeds(places(), mux.fleet.sessions["s1"], ())
        yield mux, Reports(mux)


def started() -> e.AgentStarted:
    return e.AgentStarted(
        at=at(), session="s1", run=1, pid=os.getpid(), pgid=1, shim_pid=os.getpid(),
        spool_offset=0, reports=True,
    )  # fmt: skip


def hook(**payload: Any) -> None:
    """What an agent does at a hook."""
    env = {"PATH": os.environ["PATH"], "AGENTMUX_HOOKS": str(places().hooks("s1"))}
    subprocess.run(
        ["/bin/sh", "-c", COMMAND], input=json.dumps(payload).encode(), env=env, check=True
    )


def write(path: Path, *rows: Mapping[str, Any]) -> None:
    with path.open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def facts(mux: Mux) -> list[f.AnyFact]:
    """All facts in the ledger."""
    rows = [event for _, event in mux.ledger.since(0) if isinstance(event, e.Reported)]
    return [fact for row in rows for fact in row.facts]


def responses(mux: Mux) -> list[str]:
    return [fact.response for fact in facts(mux) if isinstance(fact, f.Usage)]


def session(mux: Mux) -> Session:
    return mux.fleet.sessions["s1"]


async def test_hooks_become_a_state_and_are_cleared_away() -> None:
    async with reading() as (mux, reports):
        hook(**{"is": "working"})
        await reports.read()
        assert session(mux).state is SessionState.WORKING
        hook(**{"is": "asked", "text": "rm -r build"})
        await reports.read()
        ask = session(mux).ask
        assert ask is not None
        assert (session(mux).state, ask.text) == (SessionState.ASKING, "rm -r build")
        assert not list(places().hooks("s1").iterdir())


async def test_a_look_at_nothing_records_nothing() -> None:
    async with reading() as (mux, reports):
        before = mux.fleet.seq
        await reports.read()
        assert mux.fleet.seq == before


async def test_a_leader_killed_between_record_and_clear_records_nothing_twice() -> None:
    async with reading() as (mux, reports):
        hook(**{"is": "used", "id": "r1", "out": 1})
        (left,) = [(file, file.read_bytes(), file.stat()) for file in hooks()]
        await reports.read()
    file, content, stat = left
    file.write_bytes(content)  # as if the leader had been killed before it cleared
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    async with reading() as (mux, reports):
        hook(**{"is": "used", "id": "r2", "out": 2})
        await reports.read()
        await reports.read()
        assert responses(mux) == ["r1", "r2"]
        assert hooks() == []


def hooks() -> list[Path]:
    return sorted(places().hooks("s1").iterdir())


async def test_a_transcript_is_read_once_its_path_is_told_and_on_by_the_next_leader(
    tmp_path: Path,
) -> None:
    chat = tmp_path / "chat.jsonl"
    write(chat, {"is": "used", "id": "r1", "t": at(1).timestamp()})
    async with reading() as (mux, reports):
        hook(**{"is": "named", "id": "c1", "path": str(chat)})
        await reports.read()
        assert session(mux).agent_session_id == "c1"
        assert responses(mux) == ["r1"]
        assert reports.folders() == {places().hooks("s1"), tmp_path}
    write(chat, {"is": "used", "id": "r2", "t": at(2).timestamp()})
    async with reading() as (mux, reports):
        await reports.read()
        assert responses(mux) == ["r1", "r2"]


async def test_feeds_are_those_of_the_start_whichever_leader_reads(tmp_path: Path) -> None:
    feeds = (
        Feed(Source.TRANSCRIPT, "tail", f"{tmp_path}/*.jsonl"),
        Feed(Source.REGISTRY, "file", f"{tmp_path}/{{pid}}.json"),
        Feed(Source.EVENTS, "sse", "http://127.0.0.1:1/event", {"a": "b"}),
    )
    write(tmp_path / "a.jsonl", {"is": "used", "id": "r1"})
    write(tmp_path / "b.jsonl", {"is": "used", "id": "r2"})
    (tmp_path / f"{os.getpid()}.json").write_text('{"is": "asked", "text": "?"}')
    async with reading() as (mux, _):
        keep_feeds(places(), session(mux), feeds)
    async with reading() as (mux, reports):
        found = reports.feeds(session(mux))
        assert [(each.source, each.way, each.place, each.headers) for each in found] == [
            (each.source, each.way, each.place, each.headers) for each in feeds
        ]
        await reports.read()
        await reports.read()
        assert sorted(responses(mux)) == ["r1", "r2"]
        assert session(mux).state is SessionState.ASKING
        assert len([fact for fact in facts(mux) if isinstance(fact, f.Asked)]) == 1


async def test_a_transcript_that_a_feed_finds_as_well_is_read_once(tmp_path: Path) -> None:
    chat = tmp_path / "chat.jsonl"
    async with reading() as (mux, _):
        feeds = (Feed(Source.TRANSCRIPT, "tail", f"{tmp_path}/*.jsonl"),)
        keep_feeds(places(), session(mux), feeds)
    async with reading() as (mux, reports):
        hook(**{"is": "named", "id": "c1", "path": str(chat)})
        await reports.read()
        write(chat, {"is": "used", "id": "r1"})
        await reports.read()
        assert responses(mux) == ["r1"]


@pytest.mark.parametrize(
    "kept", [None, "", "[", "{}", "7", '[{"source": "oracle"}]', "[{}]", "[7]"]
)
async def test_kept_feeds_that_cannot_be_read_are_none(kept: str | None) -> None:
    async with reading() as (mux, _):
        if kept is None:
            places().feeds("s1").unlink()
        else:
            places().feeds("s1").write_text(kept)
        assert load_feeds(places(), session(mux)) == []


async def test_a_gigantic_transcript_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    chat = tmp_path / "chat.jsonl"
    with chat.open("w") as file:
        pad = "x" * 500_000
        for number in range(2 * module.PASSES + 10):
            file.write(json.dumps({"is": "used", "id": f"r{number}", "pad": pad}) + "\n")
    async with reading() as (mux, reports):
        hook(**{"is": "named", "id": "c1", "path": str(chat)})
        await reports.read()
        some = len(responses(mux))
        assert 0 < some < 2 * module.PASSES + 10
        await reports.read()
        assert responses(mux) == [f"r{number}" for number in range(2 * module.PASSES + 10)]


async def test_what_an_agent_wrote_just_before_its_end_still_counts(tmp_path: Path) -> None:
    chat = tmp_path / "chat.jsonl"
    async with reading() as (mux, reports):
        hook(**{"is": "named", "id": "c1", "path": str(chat)})
        await reports.read()
        write(chat, {"is": "used", "id": "last"})
        await mux.record(exited("s1", run=1, code=0))
        await reports.read()
        assert responses(mux) == ["last"]
        assert session(mux).state is SessionState.EXITED
        write(chat, {"is": "used", "id": "of another process"})
        await reports.read()
        assert responses(mux) == ["last"]


async def test_secrets_of_a_run_are_blotted_out_also_after_its_end() -> None:
    async with reading() as (mux, reports):
        places().run_secrets("s1", 1).write_text(json.dumps([SECRET]))
        await reports.read()
        await mux.record(exited("s1", run=1, code=0))
        places().run_secrets("s1", 1).unlink()
        hook(**{"is": "working", "text": f"with {SECRET}"})
        await reports.read()
        (fact,) = facts(mux)
        assert isinstance(fact, f.Working)
        assert fact.activity == f"with {BLOT}"
        assert SECRET.encode() not in places().ledger.read_bytes()


async def test_rows_of_several_ways_come_in_the_order_of_time() -> None:
    async with reading() as (mux, reports):
        late = e.Reported(
            at=T0 + timedelta(seconds=9), session="s1", run=1, source="otlp",
            facts=(f.TurnEnded(at=T0 + timedelta(seconds=9), how="done"),),
        )  # fmt: skip
        reports.push(late)
        early = e.Reported(
            at=T0 + timedelta(seconds=3), session="s1", run=1, source="otlp",
            facts=(f.Working(at=T0 + timedelta(seconds=3)),),
        )  # fmt: skip
        reports.push(early)
        await reports.read()
        assert session(mux).state is SessionState.DONE
        turns = [x for _, x in mux.ledger.since(0) if isinstance(x, e.TurnStarted | e.TurnEnded)]
        assert [turn.at - T0 for turn in turns] == [timedelta(seconds=3), timedelta(seconds=9)]


async def test_nine_sessions_writing_at_once_lose_and_double_nothing() -> None:
    async with reading() as (mux, reports):
        writers = [asyncio.to_thread(_write_hooks, writer) for writer in range(9)]
        done = asyncio.gather(*writers)
        while not done.done():
            await reports.read()
            await asyncio.sleep(0)
        await done
        await reports.read()
        assert sorted(responses(mux)) == sorted(f"{w}-{n}" for w in range(9) for n in range(10))


def _write_hooks(writer: int) -> None:
    for number in range(10):
        hook(**{"is": "used", "id": f"{writer}-{number}"})


# --- what is kept of a text -----------------------------------------------------------------------


def safe(fact: f.AnyFact) -> f.AnyFact:
    row = e.Reported(at=at(), session="s1", run=1, source="hook", facts=(fact,))
    return without_secrets(row, frozenset({SECRET})).facts[0]


def test_secrets_are_blotted_out_wherever_text_is() -> None:
    asked = f.Asked(
        at=at(), kind="permission", text=f"curl {SECRET}", detail=SECRET, options=("yes", SECRET),
        tool="Bash", call="c1",
    )  # fmt: skip
    assert safe(asked) == f.Asked(
        at=at(), kind="permission", text=f"curl {BLOT}", detail=BLOT, options=("yes", BLOT),
        tool="Bash", call="c1",
    )  # fmt: skip
    token = "ghp_" + "a1" * 15
    assert safe(f.Working(at=at(), activity=token)) == f.Working(at=at(), activity=BLOT)


def test_a_secret_across_the_cut_leaves_no_half() -> None:
    fact = safe(f.Working(at=at(), activity="x" * (TEXT - 5) + SECRET))
    assert isinstance(fact, f.Working)
    assert SECRET[:5] not in fact.activity
    assert len(fact.activity) == TEXT


def test_what_things_are_found_by_is_kept_as_it_is() -> None:
    used = f.Usage(at=at(), response=f"r-{SECRET}", model=f"m-{SECRET}", tokens=Tokens(1))
    assert safe(used) == used


def test_nothing_gigantic_is_kept() -> None:
    started = f.ToolStarted(
        at=at(), tool="t", call="c" * 10**6, input="i" * 10**6, paths=("p" * 10**6,) * 10**3
    )
    kept = safe(started)
    assert isinstance(kept, f.ToolStarted)
    assert (len(kept.call or ""), len(kept.input), len(kept.paths)) == (ID, TEXT, PARTS)
    assert len(kept.paths[0]) == TEXT


async def test_what_a_response_took_is_recorded_with_the_report_of_it() -> None:
    async with reading() as (mux, reports):
        hook(**{"is": "used", "id": "r1", "out": 7})
        await reports.read()
        rows = [event for _, event in mux.ledger.since(0)][-2:]
        assert [type(row) for row in rows] == [e.Reported, e.UsageReported]
        assert session(mux).bill.tokens.output == 7
        hook(**{"is": "used", "id": "r1", "out": 9})
        await reports.read()
        assert (session(mux).bill.tokens.output, session(mux).bill.responses) == (9, 1)
