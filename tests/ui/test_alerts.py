"""The alert line says the worst thing, once, and nothing while there is nothing."""

from typing import Any

from agentmux.core.state import SessionState
from agentmux.ui.alerts import alerts
from tests.support.staged import NOON, fleet_of, session

EXITED = SessionState.EXITED


def test_a_calm_fleet_has_no_alert() -> None:
    fleet = fleet_of(session(1, "a"), session(2, "b", state=EXITED, exit_code=0))
    assert alerts(fleet, NOON, leader=1) == []


def test_an_empty_fleet_needs_no_leader() -> None:
    assert alerts(fleet_of(), NOON, leader=None) == []


def test_the_missing_leader_is_worse_than_an_exit() -> None:
    fleet = fleet_of(session(1, "a", state=EXITED, exit_code=1))
    assert [alert.word for alert in alerts(fleet, NOON, leader=None)] == [
        "! no leader", "E exited 1",
    ]  # fmt: skip


def test_an_exit_says_who_what_since_when_and_the_key() -> None:
    lines = ("Traceback", "error: no\x1b[2Jwhere", "")
    fleet = fleet_of(session(4, "docs", age_s=75, state=EXITED, exit_code=2, last_lines=lines))
    (alert,) = alerts(fleet, NOON, leader=1)
    assert (alert.word, alert.who, alert.what) == ("E exited 2", "4 docs", "error: no\\x1b[2Jwhere")
    assert (alert.since, alert.action, alert.session) == ("1m", "resume", "s4")


def test_the_newest_exit_comes_first_and_a_seen_one_not_again() -> None:
    fleet = fleet_of(
        session(1, "old", age_s=500, state=EXITED, exit_code=1),
        session(2, "new", age_s=5, state=EXITED, exit_code=1),
    )
    assert [a.session for a in alerts(fleet, NOON, 1)] == ["s2", "s1"]
    assert [a.session for a in alerts(fleet, NOON, 1, {("s2", 1)})] == ["s1"]


def test_a_lost_server_is_one_alert_for_all() -> None:
    lost: dict[str, Any] = {
        "state": EXITED,
        "state_certain": False,
        "state_why": "tmux's server is gone",
    }
    fleet = fleet_of(*(session(n, f"n{n}", **lost) for n in range(1, 6)))
    (alert,) = alerts(fleet, NOON, leader=1)
    assert (alert.word, alert.action) == ("E 5 lost", "resume.all")
    assert alert.who == "1 n1, 2 n2, 3 n3 and 2 more"
    assert alert.what == "tmux's server is gone"


def test_a_hang_up_is_the_end_of_its_terminal_unless_somebody_asked() -> None:
    hung_up: dict[str, Any] = {"state": EXITED, "exit_signal": 1, "last_lines": ("$",)}
    one = session(1, "a", **hung_up)
    (alert,) = alerts(fleet_of(one), NOON, leader=1)
    assert (alert.word, alert.action) == ("E hung up", "resume")
    assert alert.what == "the tmux server it ran in has ended"
    (both,) = alerts(fleet_of(one, session(2, "b", **hung_up)), NOON, leader=1)
    assert (both.word, both.who) == ("E 2 lost", "1 a, 2 b")
    assert alerts(fleet_of(session(1, "a", **hung_up, stopped=True)), NOON, leader=1) == []


def test_a_failed_setup_is_told_while_its_session_lives() -> None:
    fleet = fleet_of(session(1, "a", setup_failed="npm: not found"))
    (alert,) = alerts(fleet, NOON, leader=1)
    assert (alert.word, alert.what, alert.action) == ("! setup failed", "npm: not found", "shell")
