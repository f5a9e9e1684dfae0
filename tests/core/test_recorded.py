"""What every event carries comes by name, so that an event's own fields may have defaults."""

from dataclasses import fields

from agentmux.core.recorded import Recorded
from tests.support.events import at


def test_a_time_must_be_given_and_a_session_may_be() -> None:
    assert Recorded(at=at()).session is None
    assert [field.name for field in fields(Recorded)] == ["at", "session"]
    assert all(field.kw_only for field in fields(Recorded))
