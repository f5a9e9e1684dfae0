"""States and what may follow them, and what a session says of itself."""

from dataclasses import replace

import pytest

from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.core.state import LIVE_STATES, TRANSITIONS, SessionState
from tests.support.events import opened

S = SessionState


@pytest.fixture
def session() -> Session:
    return apply(Fleet(), opened()).sessions["s1"]


def test_states_are_the_words_of_the_command_line() -> None:
    words = (
        "queued starting running quiet working asking idle done limited failed exited parked "
        "paused unknown"
    )
    assert [str(state) for state in S] == words.split()


@pytest.mark.parametrize("state", S)
def test_a_process_is_alive_in_all_states_but_those_before_and_after(state: S) -> None:
    assert (state in LIVE_STATES) == (state not in (S.QUEUED, S.EXITED, S.PARKED))


def test_the_table_of_transitions_is_closed_and_reachable() -> None:
    followers = set().union(*TRANSITIONS.values())
    assert followers <= set(TRANSITIONS)
    assert followers | {S.QUEUED} == set(TRANSITIONS)
    assert all(state not in after for state, after in TRANSITIONS.items())


@pytest.mark.parametrize("state", [s for s in TRANSITIONS if s in LIVE_STATES])
def test_whatever_lives_may_end(state: S) -> None:
    assert S.EXITED in TRANSITIONS[state]


def test_an_exited_session_can_only_start_again() -> None:
    assert TRANSITIONS[S.EXITED] == {S.STARTING}


@pytest.mark.parametrize(
    ("state", "removed", "live"),
    [("running", False, True), ("exited", False, False), ("running", True, False)],
)
def test_is_live(session: Session, state: str, removed: bool, live: bool) -> None:
    assert replace(session, state=S(state), removed=removed).is_live is live


def test_the_window_is_called_by_ids_of_ours(session: Session) -> None:
    hostile = replace(session, name="#(touch x)", run=3)
    assert hostile.window_name == "s1-3"
