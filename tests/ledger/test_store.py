"""The ledger as its users see it: nothing acknowledged is lost, nothing new goes unnoticed."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.fleet import Fleet, apply_all, with_gauges
from agentmux.core.session import Gauge
from agentmux.errors import LedgerError
from agentmux.ledger.store import Ledger
from tests.support.events import HISTORIES, at, in_state, launch, opened


def test_rows_are_numbered_and_come_back_in_order(ledger: Ledger) -> None:
    first, second, third = opened(), launch("s1", 1), in_state("s1", "quiet")
    assert ledger.append(first, second) == [1, 2]
    assert ledger.append(third) == [3]
    assert ledger.append() == []
    assert ledger.since(0) == [(1, first), (2, second), (3, third)]
    assert ledger.since(0, 2) == [(1, first), (2, second)]
    assert ledger.since(2) == [(3, third)]
    assert ledger.since(3) == ledger.since(99) == []


def test_all_events_of_one_append_or_none(ledger: Ledger) -> None:
    naive = replace(in_state("s1", "quiet"), at=at().replace(tzinfo=None))
    with pytest.raises(LedgerError):
        ledger.append(opened(), naive)
    assert ledger.since(0) == []


def test_more_rows_than_one_read(ledger: Ledger) -> None:
    ledger.append(*(in_state("s1", "quiet", why=str(n)) for n in range(2300)))
    assert [seq for seq, _ in ledger.since(0)] == list(range(1, 2301))
    assert [seq for seq, _ in ledger.since(100, 1500)] == list(range(101, 1601))


def test_rows_of_a_newer_writer_are_passed_over_and_counted(path: Path, ledger: Ledger) -> None:
    ledger.append(opened())
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.executemany(
            "INSERT INTO events (at, kind, body, chain) VALUES ('', 'dreamt', '{}', x'')",
            [()] * 1200,
        )
    (seq,) = ledger.append(in_state("s1", "quiet"))
    assert [row for row, _ in ledger.since(0)] == [1, seq]
    assert [row for row, _ in ledger.since(1, 1)] == [seq]
    assert len(ledger.skipped) == 1200
    assert ledger.load_fleet().seq == seq


def test_the_rows_of_one_session(ledger: Ledger) -> None:
    rows: list[e.Event] = [
        opened("s1"),
        opened("s2"),
        in_state("s1", "quiet"),
        in_state("s2", "quiet"),
    ]
    ledger.append(*rows, launch("s1", 1), e.LeaderStarted(at=at(), pid=1, version="1"))
    assert ledger.of_session("s1") == [(1, rows[0]), (3, rows[2]), (5, launch("s1", 1))]
    assert ledger.of_session("s3") == []


def test_the_rows_of_one_session_and_some_kinds(path: Path, ledger: Ledger) -> None:
    ledger.append(opened("s1"), in_state("s1", "quiet"), launch("s1", 1), in_state("s2", "quiet"))
    assert [seq for seq, _ in ledger.of_session("s1", [e.StateChanged])] == [2]
    assert [seq for seq, _ in ledger.of_session("s1", [e.LaunchIntended, e.StateChanged])] == [2, 3]
    assert ledger.of_session("s1", [e.Exited]) == []
    assert ledger.of_session("s1' OR 1 --", [e.StateChanged]) == []


def test_a_row_of_a_session_that_is_not_understood_is_passed_over(
    path: Path, ledger: Ledger
) -> None:
    ledger.append(opened("s1"))
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute(
            "INSERT INTO events (at, session, kind, body, chain)"
            " VALUES ('', 's1', 'dreamt', '{}', x'')"
        )
    ledger.append(in_state("s1", "quiet"))
    assert [seq for seq, _ in ledger.of_session("s1")] == [1, 3]


def test_changed_notices_others_and_ourselves_once(path: Path, ledger: Ledger) -> None:
    with Ledger.open(path) as other:
        assert ledger.changed()
        assert not ledger.changed()
        other.append(opened())
        assert ledger.changed()
        assert not ledger.changed()
        ledger.append(in_state("s1", "quiet"))
        assert ledger.changed()
        assert not ledger.changed()
        other.set_gauges({"s1": Gauge(dirty=1)})
        assert ledger.changed()
        ledger.set_gauges({"s1": Gauge(dirty=2)})
        assert ledger.changed()
        assert not ledger.changed()


def test_gauges_are_overwritten_in_place(path: Path, ledger: Ledger) -> None:
    ledger.set_gauges({"s1": Gauge(cpu_pct=1.5, last_change=at()), "s2": Gauge(dirty=1)})
    ledger.set_gauges({"s1": Gauge(cpu_pct=2.5)})
    assert ledger.gauges() == {"s1": Gauge(cpu_pct=2.5), "s2": Gauge(dirty=1)}
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE gauges SET body = '{' WHERE session = 's2'")
    assert ledger.gauges() == {"s1": Gauge(cpu_pct=2.5)}
    assert ledger.since(0) == []


def test_the_fleet_comes_with_its_gauges(ledger: Ledger) -> None:
    ledger.append(opened())
    ledger.set_gauges({"s1": Gauge(dirty=3), "s9": Gauge(dirty=4)})
    fleet = ledger.load_fleet()
    assert fleet.sessions["s1"].gauge == Gauge(dirty=3)
    assert list(fleet.sessions) == ["s1"]


@given(history=HISTORIES, cut=st.integers(0, 25))
def test_a_checkpoint_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, history: list[e.Event], cut: int
) -> None:
    with Ledger.open(tmp_path_factory.mktemp("ledger") / "ledger.db") as ledger:
        ledger.append(*history[:cut])
        ledger.set_gauges({"s1": Gauge(dirty=1)})
        ledger.save_checkpoint(ledger.load_fleet())
        ledger.append(*history[cut:])
        ledger.set_gauges({"s2": Gauge(dirty=2)})
        whole = apply_all(Fleet(), enumerate(history, 1))
        gauges = {"s1": Gauge(dirty=1), "s2": Gauge(dirty=2)}
        assert ledger.load_fleet() == with_gauges(whole, gauges)


def test_damage_while_reading_is_one_sentence(path: Path, ledger: Ledger) -> None:
    ledger.append(*(in_state("s1", "quiet", why="x" * 900) for _ in range(200)))
    ledger.close()
    whole = bytearray(path.read_bytes())
    whole[8 * 4096 : 30 * 4096] = b"\xaa" * (22 * 4096)
    path.write_bytes(whole)
    with Ledger.open(path, read_only=True) as damaged:
        with pytest.raises(LedgerError, match="is damaged"):
            damaged.since(0)
        assert damaged.verify()
    assert path.read_bytes() == whole


def test_the_write_ahead_log_stays_small_beside_a_busy_reader(path: Path, ledger: Ledger) -> None:
    with Ledger.open(path, read_only=True) as reader:
        seen, largest = 0, 0
        for _ in range(100):
            ledger.append(in_state("s1", "quiet", why="x" * 200_000))
            seen = reader.since(seen)[-1][0]
            largest = max(largest, path.with_name("ledger.db-wal").stat().st_size)
    assert seen == 100
    assert path.stat().st_size > 15_000_000
    assert largest < 9_000_000


WRITER = """
import sys
from pathlib import Path
from agentmux.ledger.store import Ledger
from tests.support.events import in_state
with Ledger.open(Path(sys.argv[1])) as ledger:
    for n in range(100_000):
        sys.stdout.write(f"{ledger.append(in_state('s1', 'quiet', why=str(n)))[0]} {n}\\n")
        sys.stdout.flush()
"""


@pytest.mark.parametrize("after", [1, 2, 40, 333])
def test_a_killed_writer_loses_no_acknowledged_row(path: Path, after: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert writer.stdout
    lines = [writer.stdout.readline() for _ in range(after)]
    os.kill(writer.pid, signal.SIGKILL)
    lines += writer.stdout.read().splitlines(keepends=True)
    assert writer.wait() == -signal.SIGKILL

    acknowledged = [line.split() for line in lines if line.endswith("\n")]
    with Ledger.open(path) as ledger:
        rows = {seq: getattr(event, "why", None) for seq, event in ledger.since(0)}
        assert {int(seq): why for seq, why in acknowledged}.items() <= rows.items()
        assert len(rows) - len(acknowledged) in (0, 1)
        assert ledger.verify() == []
        assert ledger.append(opened()) == [len(rows) + 1]


def test_a_writer_killed_while_it_creates_leaves_nothing_in_the_way(path: Path) -> None:
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        while not path.exists():
            assert writer.poll() is None
        writer.kill()
        writer.wait()
        with Ledger.open(path) as ledger:
            assert ledger.append(opened())
            assert ledger.verify() == []
        for each in path.parent.iterdir():
            each.unlink()
