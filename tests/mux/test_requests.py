"""Asking the leader: what no leader can take up is not left behind for a later one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.errors import AgentmuxError
from agentmux.ledger.store import Ledger
from agentmux.mux.lease import Lease
from agentmux.mux.requests import ask
from agentmux.paths import places
from tests.support.events import at, opened

WISH: dict[str, e.Json] = {"cwd": "/", "command": ["sleep", "600"]}


@pytest.fixture
def ledger(private_home: Path) -> Iterator[Ledger]:
    places().make()
    with Ledger.open(places().ledger) as ledger:
        yield ledger


def wish(ledger: Ledger, keep_leader: Callable[[], object]) -> e.Completed:
    return ask(ledger, places(), "new", WISH, keep_leader=keep_leader)


def left_behind() -> list[Path]:
    """The private files of requests that are still there."""
    return list(places().request_env("x").parent.iterdir())


def only_request(fleet: Fleet) -> e.Requested:
    (request,) = fleet.open_requests.values()
    return request


def test_nothing_is_asked_of_a_leader_that_cannot_be_started(ledger: Ledger) -> None:
    def fail() -> None:
        raise AgentmuxError("No leader comes up.")

    with pytest.raises(AgentmuxError, match="No leader comes up"):
        wish(ledger, fail)

    assert ledger.since(0) == []
    assert left_behind() == []


def test_a_request_is_refused_when_the_leader_is_lost_before_it_was_begun(ledger: Ledger) -> None:
    def lose() -> None:
        if ledger.load_fleet().open_requests:
            raise AgentmuxError("No leader comes up.")

    with pytest.raises(AgentmuxError, match="No leader comes up"):
        wish(ledger, lose)

    asked, refused = [event for _, event in ledger.since(0)]
    assert isinstance(asked, e.Requested)
    assert isinstance(refused, e.Refused)
    assert (refused.request, refused.message) == (asked.request, "No leader comes up.")
    assert left_behind() == []


def test_what_was_begun_is_left_for_the_next_leader_to_finish(ledger: Ledger) -> None:
    def lose() -> None:
        fleet = ledger.load_fleet()
        if fleet.open_requests:
            ledger.append(opened(request=only_request(fleet).request))
            raise AgentmuxError("No leader comes up.")

    with pytest.raises(AgentmuxError, match="No leader comes up"):
        wish(ledger, lose)

    request = only_request(ledger.load_fleet())
    assert left_behind() == [places().request_env(request.request)]


def test_a_request_is_left_to_a_leader_that_came_up_meanwhile(ledger: Ledger) -> None:
    leases: list[Lease | None] = []

    def keep_leader() -> None:
        requests = ledger.load_fleet().open_requests
        if requests and not leases:
            leases.append(Lease.take(places().leader_lock))
            raise AgentmuxError("It did not come up in time.")
        for request in requests:
            ledger.append(e.Completed(at=at(), request=request, result={"session": "s1"}))

    assert wish(ledger, keep_leader).result == {"session": "s1"}
    assert leases[0] is not None
    leases[0].release()
