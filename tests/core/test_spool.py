"""What the shim wrote becomes facts, once each, and nothing else does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.agent import parse_reports
from agentmux.core.fleet import Fleet, apply, apply_all
from agentmux.core.session import Session
from agentmux.core.spool import parse_spool
from tests.support.events import JSON, at, launch, opened

FLEET = apply_all(Fleet(), [(1, opened()), (2, launch("s1", 2))])
SESSION = FLEET.sessions["s1"]
T = at(0).timestamp()


def line(kind: str, **more: Any) -> bytes:
    return json.dumps({"t": T, "e": kind, **more}).encode() + b"\n"


def parse(*lines: bytes, session: Session = SESSION) -> list[e.Event]:
    return list(parse_spool(session, b"".join(lines), parse_reports))


def test_started() -> None:
    written = line("started", shim=12, shim_start=345, pid=10, pgid=11)
    assert parse(written) == [
        e.AgentStarted(
            at=at(),
            session="s1",
            run=2,
            pid=10,
            pgid=11,
            shim_pid=12,
            shim_start=345,
            spool_offset=len(written),
        )
    ]


def test_output_and_quiet_are_states() -> None:
    found = parse(line("output"), line("quiet"))
    assert [str(getattr(each, "to", "")) for each in found] == ["running", "quiet"]
    assert all(getattr(each, "source", "") == "shim" for each in found)


@pytest.mark.parametrize(
    ("row", "code", "signal", "why"),
    [
        (line("exit", code=3, signal=None), 3, None, ""),
        (line("exit", code=None, signal=9), None, 9, ""),
        (line("failed", message="no such\nprogram\x1b"), 127, None, "no such\\nprogram\\x1b"),
    ],
)
def test_ends(row: bytes, code: int | None, signal: int | None, why: str) -> None:
    (ended,) = parse(row)
    assert isinstance(ended, e.Exited)
    assert (ended.run, ended.code, ended.signal, ended.why) == (2, code, signal, why)
    assert (ended.source, ended.spool_offset) == ("shim", len(row))


@pytest.mark.parametrize(
    "written",
    [
        b"\n",
        b"not json\n",
        b"[1]\n",
        b"7\n",
        b"\xff\n",
        b'{"e": "quiet", "t": "noon"}\n',
        b'{"e": "quiet", "t": 1e300}\n',
        b'{"e": "quiet", "t": NaN}\n',
        b"[" * 100_000 + b"\n",
        b'{"e": "out\rput"}\n',
        line("started", shim=1),
        line("started", shim=1, pid="x"),
        line("started", shim=1, pid=2, shim_start=[]),
        line("exit", code="3"),
        line("exit", code=1.5),
        line("title", text="of a later version"),
    ],
)
def test_what_no_shim_writes_or_nobody_knows_is_passed_over(written: bytes) -> None:
    quiet = line("quiet")
    (found,) = parse(written, quiet)
    assert isinstance(found, e.StateChanged)
    assert found.spool_offset == len(written) + len(quiet)


def test_a_line_still_being_written_waits() -> None:
    whole = line("exit", code=0, signal=None)
    assert [parse(whole[:n]) for n in range(len(whole))] == [[]] * len(whole)
    assert len(parse(whole)) == 1


LINES = st.lists(
    st.sampled_from(
        [
            line("started", shim=12, pid=10),
            line("output"),
            line("quiet"),
            b"garbage\r\n",
            line("title", text="x"),
            line("exit", code=0, signal=None),
        ]
    ),
    max_size=12,
)


@given(LINES, st.lists(st.integers(0, 2000)))
def test_wherever_reading_stops_every_fact_is_told_once(
    lines: list[bytes], cuts: list[int]
) -> None:
    """Read in pieces, each time from the offset the facts so far have carried us to."""
    data = b"".join(lines)
    fleet, told = FLEET, list[e.Event]()
    for end in [*sorted(cut for cut in cuts if cut < len(data)), len(data)]:
        session = fleet.sessions["s1"]
        for event in parse_spool(session, data[session.spool_offset : end], parse_reports):
            told.append(event)
            fleet = apply(fleet, event)
    assert told == parse(data)


@given(JSON, st.sampled_from(["started", "output", "exit", "failed"]), st.text(max_size=4))
def test_no_row_raises(value: e.Json, kind: str, name: str) -> None:
    row = {"e": kind, "t": value, "pid": value, "shim": value, "code": value, name: value}
    for event in parse(json.dumps(row).encode() + b"\n", json.dumps(value).encode() + b"\n"):
        apply(FLEET, event)
