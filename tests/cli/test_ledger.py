"""`agentmux ledger`: where it is, whether it is whole, and a copy that counts the same."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agentmux.core.meter import Meter
from agentmux.core.meters import fold
from agentmux.ledger.codec import Row, decode_event
from agentmux.ledger.store import Ledger
from tests.support.cockpit import Cockpit
from tests.support.days import several_days

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    cockpit = Cockpit(private_home)
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        ledger.append(*several_days())
    return cockpit


def test_where_it_is(cockpit: Cockpit) -> None:
    assert cockpit.do("ledger", "path").out == f"{cockpit.places.ledger}\n"
    assert cockpit.do("ledger", "path", "--json").json["path"] == str(cockpit.places.ledger)


def test_a_whole_one(cockpit: Cockpit) -> None:
    assert cockpit.do("ledger", "verify").out == "106 rows, each as it was written\n"
    told = cockpit.do("ledger", "verify", "--json").json
    assert (told["ok"], told["rows"], told["damages"]) == (True, 106, [])


def test_a_damaged_one_names_the_row(cockpit: Cockpit) -> None:
    with closing(sqlite3.connect(cockpit.places.ledger)) as plain, plain:
        plain.execute("DROP TRIGGER events_are_final")
        plain.execute("UPDATE events SET session = 's9' WHERE id = 17")
    said = cockpit.run("ledger", "verify")
    assert (said.code, said.out) == (1, "row 17 is not what was written\n")
    said = cockpit.run("ledger", "verify", "--json")
    assert said.code == 1
    assert said.json["damages"] == [{"row": 17, "message": "row 17 is not what was written"}]


def test_a_copy_counts_the_same(cockpit: Cockpit) -> None:
    meter, copied = Meter(), Meter()
    for event in several_days():
        fold(meter, event)
    for line in cockpit.do("ledger", "export").out.splitlines():
        told = json.loads(line)
        row = Row(told["at"], told["session"], told["kind"], json.dumps(told["body"]))
        again = decode_event(row)
        assert again is not None
        fold(copied, again)
    assert copied.tallies == meter.tallies
