"""`agentmux events`: the past, of all or of one session."""

from pathlib import Path

import pytest

from agentmux.ledger.store import Ledger
from tests.support.cockpit import Cockpit
from tests.support.day import asked, ended
from tests.support.events import opened

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    cockpit = Cockpit(private_home)
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        ledger.append(opened(), opened("s2", slot=2), asked("s1", 1, 5), ended("s2", 1, 6))
    return cockpit


def test_all_rows_oldest_first(cockpit: Cockpit) -> None:
    told = cockpit.do("events", "--json").json
    assert told["schema"] == 1
    assert [row["id"] for row in told["events"]] == [1, 2, 3, 4]
    assert told["events"][2]["ask_kind"] == "permission"
    assert len(cockpit.do("events").out.splitlines()) == 4


def test_those_of_one_session_or_kind_or_the_newest(cockpit: Cockpit) -> None:
    def ids(*options: str) -> list[int]:
        return [row["id"] for row in cockpit.do("events", "--json", *options).json["events"]]

    assert ids("--session", "name-s2") == [2, 4]
    assert ids("--kind", "ask_opened") == [3]
    assert ids("--last", "2") == [3, 4]
    assert ids("--session", "s1", "--kind", "turn_ended") == []
    assert cockpit.run("events", "--session", "nobody").code == 4
