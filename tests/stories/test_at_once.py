"""Several verbs at once: each gets its turn, and none takes what another was given."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agentmux.ledger.store import Ledger
from tests.support.cockpit import Cockpit, Said, eventually
from tests.support.repo import write

pytestmark = pytest.mark.story


def at_once(cockpit: Cockpit, *lines: tuple[str, ...]) -> list[Said]:
    """Every command line in a process of its own, all at the same time."""
    with ThreadPoolExecutor(len(lines)) as pool:
        return list(pool.map(lambda line: cockpit.run(*line), lines))


def test_nine_who_begin_with_nothing_get_nine_sessions(cockpit: Cockpit) -> None:
    news = [("new", "--name", f"n{number}", "--", "sleep", "600") for number in range(9)]
    assert [said.code for said in at_once(cockpit, *news)] == [0] * 9
    rows = cockpit.ls().values()
    assert sorted(row["slot"] for row in rows) == list(range(1, 10))
    assert len({row["worktree"] for row in rows}) == 9


def test_two_resumed_at_once_get_a_slot_each(cockpit: Cockpit) -> None:
    for _ in range(11):  # the last two take the slots of the first two
        row = cockpit.new(script="test -e again && exec sleep 600; touch again")
        cockpit.await_state(row["id"], "exited")
    assert [cockpit.row(one)["slot"] for one in ("s1", "s2")] == [None, None]
    said = at_once(cockpit, ("resume", "s1"), ("resume", "s2"))
    assert [one.code for one in said] == [0, 0]
    slots = {cockpit.row(one)["slot"] for one in ("s1", "s2")}
    assert len(slots - {None}) == 2


def test_a_session_that_is_being_removed_is_not_started_again(cockpit: Cockpit) -> None:
    gate = cockpit.home / "gate"
    hook = f"touch {gate}; while test -e {gate}; do sleep 0.05; done"
    write(cockpit.places.config_file, f'[hooks]\nteardown = "{hook}"\n')
    cockpit.new(script="exit 0")
    cockpit.await_state("s1", "exited")
    with ThreadPoolExecutor(2) as pool:
        removing = pool.submit(cockpit.run, "rm", "s1", "--yes")
        eventually(gate.exists, "the teardown hook runs")
        resuming = pool.submit(cockpit.run, "resume", "s1")
        eventually(lambda: len(asked(cockpit)) == 2, "both are asked for")
        gate.unlink()
        assert removing.result().code == 0
        assert resuming.result().code == 2
    assert "is removed" in resuming.result().err
    assert not Path(cockpit.row("s1")["worktree"]).exists()


def asked(cockpit: Cockpit) -> set[str]:
    """The requests without an outcome."""
    with Ledger.open(cockpit.places.ledger, create=False, read_only=True) as ledger:
        return set(ledger.load_fleet().open_requests)


def test_all_that_will_not_end_are_ended_together(cockpit: Cockpit) -> None:
    stubborn = "trap '' HUP TERM INT; while :; do sleep 0.2; done"
    for _ in range(3):
        cockpit.new(script=stubborn)
    cockpit.do("down", "--all", "--yes")
    assert {row["state"] for row in cockpit.ls().values()} == {"exited"}
