"""`agentmux watch`: rows as they come, flushed, from where one likes."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agentmux.ledger.store import Ledger
from tests.support.cockpit import ROOT, Cockpit
from tests.support.day import asked, ended
from tests.support.events import opened

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    return Cockpit(private_home)


@contextmanager
def watching(cockpit: Cockpit, *argv: str) -> "Iterator[subprocess.Popen[str]]":
    watch = subprocess.Popen(
        [sys.executable, "-m", "agentmux", "watch", *argv],
        cwd=cockpit.repo, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield watch
    finally:
        watch.kill()
        watch.communicate()


def test_it_follows_from_a_row_on_and_ends_when_interrupted(cockpit: Cockpit) -> None:
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        ledger.append(opened(), asked("s1", 1, 1))
        with watching(cockpit, "--jsonl", "--since", "1") as watch:
            assert watch.stdout is not None
            first = json.loads(watch.stdout.readline())
            assert (first["id"], first["kind"], first["ask_kind"]) == (
                2,
                "ask_opened",
                "permission",
            )
            ledger.append(ended("s1", 1, 2), ended("s1", 2, 3))
            assert [json.loads(watch.stdout.readline())["id"] for _ in range(2)] == [3, 4]
            watch.send_signal(signal.SIGINT)
            assert watch.wait(20) == 130


def test_it_waits_where_nothing_is_recorded_yet(cockpit: Cockpit) -> None:
    with watching(cockpit, "--since", "0") as watch:
        assert watch.stdout is not None
        cockpit.places.make()
        with Ledger.open(cockpit.places.ledger) as ledger:
            ledger.append(opened())
        assert "session_opened" in watch.stdout.readline()


def test_without_a_row_it_begins_now(cockpit: Cockpit) -> None:
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        ledger.append(opened())
        with watching(cockpit, "--jsonl") as watch:
            assert watch.stdout is not None
            for number in range(1, 200):  # nobody tells when it has begun to watch
                ledger.append(ended("s1", number, number))
                if select.select([watch.stdout], [], [], 0.2)[0]:
                    break
            first = json.loads(watch.stdout.readline())
            assert (first["id"] > 1, first["kind"]) == (True, "turn_ended")


def test_a_reader_that_goes_away_is_no_fault(cockpit: Cockpit) -> None:
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        ledger.append(opened(), *(ended("s1", n, n) for n in range(1, 9)))
    with watching(cockpit, "--since", "0") as watch:
        assert watch.stdout is not None and watch.stderr is not None
        watch.stdout.readline()
        watch.stdout.close()
        with Ledger.open(cockpit.places.ledger) as ledger:
            ledger.append(ended("s1", 99, 99))
        assert watch.wait(20) == 1
        assert watch.stderr.read() == ""


def test_what_is_no_row(cockpit: Cockpit) -> None:
    assert cockpit.run("watch", "--jsonl", "--since", "-1").code == 2
