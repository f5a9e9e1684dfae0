"""What a session says of itself."""

from dataclasses import replace

import pytest

from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from tests.support.events import opened

S = SessionState


@pytest.fixture
def session() -> Session:
    return apply(Fleet(), opened()).sessions["s1"]


@pytest.mark.parametrize(
    ("state", "removed", "live"),
    [("running", False, True), ("exited", False, False), ("running", True, False)],
)
def test_is_live(session: Session, state: str, removed: bool, live: bool) -> None:
    assert replace(session, state=S(state), removed=removed).is_live is live


def test_the_window_is_called_by_ids_of_ours(session: Session) -> None:
    hostile = replace(session, name="#(touch x)", run=3)
    assert hostile.window_name == "s1-3"
