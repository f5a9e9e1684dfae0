"""States and what may follow them."""

import pytest

from agentmux.core.state import LIVE_STATES, TRANSITIONS, SessionState

S = SessionState


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
