"""A checkpoint is used only when it is whole, of this history and of this code."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from agentmux.core.fleet import Fleet
from agentmux.core.session import Gauge
from agentmux.ledger import checkpoints
from agentmux.ledger.store import Ledger
from tests.ledger.closure import rests_on
from tests.support.events import in_state, launch, opened


@pytest.fixture
def fleet(ledger: Ledger) -> Fleet:
    """A fleet that no replay gives, so that a test sees which way it came."""
    ledger.append(opened(), launch("s1", 1), opened("s2", slot=2))
    fleet = ledger.load_fleet()
    marked = replace(fleet.sessions["s1"], state_why="from the checkpoint")
    return replace(fleet, sessions={**fleet.sessions, "s1": marked})


def is_used(ledger: Ledger) -> bool:
    return ledger.load_fleet().sessions["s1"].state_why == "from the checkpoint"


def test_it_stands_for_the_rows_before_it(ledger: Ledger, fleet: Fleet) -> None:
    assert not is_used(ledger)
    ledger.save_checkpoint(fleet)
    ledger.append(in_state("s2", "quiet"))
    loaded = ledger.load_fleet()
    assert loaded.sessions["s1"] == fleet.sessions["s1"]
    assert loaded.sessions["s2"].state == "quiet"
    assert loaded.seq == 4


def test_gauges_are_not_kept_in_it(path: Path, ledger: Ledger, fleet: Fleet) -> None:
    stale = {i: replace(s, gauge=Gauge(dirty=7)) for i, s in fleet.sessions.items()}
    ledger.save_checkpoint(replace(fleet, sessions=stale))
    assert ledger.load_fleet().sessions["s1"].gauge == Gauge()


def test_the_newest_replaces_the_one_before(path: Path, ledger: Ledger, fleet: Fleet) -> None:
    ledger.save_checkpoint(fleet)
    ledger.append(in_state("s1", "quiet", why="new"))
    ledger.save_checkpoint(ledger.load_fleet())
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT seq FROM checkpoints").fetchall() == [(4,)]
    assert ledger.load_fleet().sessions["s1"].state_why == "new"


def test_an_empty_fleet_is_not_worth_one(path: Path, ledger: Ledger) -> None:
    ledger.save_checkpoint(Fleet())
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE checkpoints SET body = replace(body, 'claude', 'clauda')",
        "UPDATE checkpoints SET digest = zeroblob(32)",
        "UPDATE checkpoints SET fold = 'of an older agentmux'",
        "UPDATE checkpoints SET seq = 2",
        "UPDATE checkpoints SET seq = 99",
    ],
)
def test_one_that_does_not_fit_is_ignored(
    path: Path, ledger: Ledger, fleet: Fleet, damage: str
) -> None:
    ledger.save_checkpoint(fleet)
    assert is_used(ledger)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute(damage)
    loaded = ledger.load_fleet()
    assert loaded.sessions["s1"].state_why == ""
    assert loaded.seq == 3


def test_one_of_another_history_is_ignored(
    tmp_path: Path, path: Path, ledger: Ledger, fleet: Fleet
) -> None:
    ledger.save_checkpoint(fleet)
    with Ledger.open(tmp_path / "other.db") as other:
        other.append(opened(name="another"), launch("s1", 1), opened("s2", slot=2))
        with closing(sqlite3.connect(tmp_path / "other.db")) as plain:
            plain.execute("ATTACH ? AS first", (str(path),))
            with plain:
                plain.execute("INSERT INTO checkpoints SELECT * FROM first.checkpoints")
        assert other.load_fleet().sessions["s1"].name == "another"


def test_the_version_of_the_fold_names_its_sources() -> None:
    version = checkpoints.fold_version()
    assert len(version) == 64
    assert version == checkpoints.fold_version()
    root = Path(__file__).parents[2] / "agentmux"
    assert all((root / module).is_file() for module in checkpoints.FOLD)


def test_every_module_that_the_fleet_rests_on_makes_the_version() -> None:
    root = Path(checkpoints.__file__).parents[1]
    assert rests_on(root, "core/fleet.py") - set(checkpoints.FOLD) == set()
