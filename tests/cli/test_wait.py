"""Waiting for a state follows the ledger, and ends when there is nothing left to wait for."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from agentmux.cli.wait import command
from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.errors import NotFound
from agentmux.ledger.store import Ledger
from agentmux.paths import places
from tests.support.events import at, exited, in_state, opened
from tests.support.tmux import wait_until

PATIENCE_S = 10.0


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> list[Fleet]:
    """What came of each fold of the whole ledger."""
    done: list[Fleet] = []
    load = Ledger.load_fleet

    def counted(ledger: Ledger) -> Fleet:
        fleet = load(ledger)
        done.append(fleet)
        return fleet

    monkeypatch.setattr(Ledger, "load_fleet", counted)
    return done


@pytest.fixture
def ledger(private_home: Path) -> Iterator[Ledger]:
    """A ledger with two sessions that are not launched yet."""
    places().make()
    with Ledger.open(places().ledger) as ledger:
        ledger.append(opened("s1", name="csv"), opened("s2", slot=2, name="tsv"))
        yield ledger


Wait = Callable[..., Future[object]]


@pytest.fixture
def wait(ledger: Ledger, folds: list[Fleet]) -> Iterator[Wait]:
    """Begins to wait in a thread; returns once it has read the ledger as it is."""
    with ThreadPoolExecutor(1) as pool:

        def begin(*argv: str) -> Future[object]:
            words = [*argv, "--timeout", str(PATIENCE_S)]
            waiting = pool.submit(command.main, words, standalone_mode=False)
            wait_until(lambda: folds)
            return waiting

        yield begin


def removed(session: str) -> e.SessionRemoved:
    return e.SessionRemoved(at=at(), session=session)


def test_it_folds_the_past_once_and_then_what_is_new(
    wait: Wait, ledger: Ledger, folds: list[Fleet]
) -> None:
    waiting = wait("csv", "tsv", "--for", "exited")
    ledger.append(exited("s1"))
    ledger.append(exited("s2"))
    assert waiting.result(PATIENCE_S) is None
    assert len(folds) == 1


def test_it_ends_with_not_found_when_a_session_is_removed(wait: Wait, ledger: Ledger) -> None:
    waiting = wait("csv", "tsv", "--for", "quiet")
    ledger.append(removed("s2"))
    with pytest.raises(NotFound, match="'tsv' was removed"):
        waiting.result(PATIENCE_S + 1)


def test_what_was_waited_for_counts_though_the_session_is_removed_then(
    wait: Wait, ledger: Ledger
) -> None:
    waiting = wait("csv", "tsv", "--for", "exited")
    ledger.append(exited("s2"), removed("s2"))
    ledger.append(exited("s1"))
    assert waiting.result(PATIENCE_S) is None


@pytest.mark.parametrize(("word", "state"), [("quiet", "done"), ("quiet", "asking"),
                                             ("running", "working")])  # fmt: skip
def test_one_word_serves_for_agents_that_tell_their_state(
    wait: Wait, ledger: Ledger, word: str, state: str
) -> None:
    waiting = wait("csv", "--for", word)
    ledger.append(in_state("s1", state))
    assert waiting.result(PATIENCE_S) is None
