"""Folding from any row on: what is open goes along, and responses are found again."""

import pytest

from agentmux.core.meter import Meter
from agentmux.core.meters import fold
from agentmux.core.tally import merged
from agentmux.ledger import counting
from agentmux.ledger.store import Ledger
from tests.support.day import used
from tests.support.days import several_days
from tests.support.events import opened


@pytest.mark.parametrize("cut", range(56))
def test_a_meter_goes_on_from_what_was_open(cut: int) -> None:
    rows = several_days(2)
    whole, first = Meter(), Meter()
    for event in rows:
        fold(whole, event)
    for event in rows[:cut]:
        fold(first, event)
    then = counting.meter_of(counting.carry_of(first))
    then.spent = first.spent
    for event in rows[cut:]:
        fold(then, event)
    both = merged([*first.tallies.values(), *then.tallies.values()])
    assert both.counts == merged(whole.tallies.values()).counts
    assert counting.carry_of(then) == counting.carry_of(whole)


def test_a_response_of_long_ago_is_found_in_the_ledger(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "REMEMBERED", 4)
    ledger.append(opened(), *(used("s1", f"r{n % 10}", n) for n in range(30)))
    meter = Meter()
    counting.count_range(ledger._connection, meter, 1, 31)
    assert merged(meter.tallies.values()).get("responses") == 10
    assert len(meter.spent) <= 4


def test_a_row_that_is_not_understood_is_passed_over(ledger: Ledger) -> None:
    ledger.append(opened())
    (row,) = [row for _, row in counting.rows_after(ledger._connection, 0, 9)]
    meter = Meter()
    counting.count(ledger._connection, meter, 1, row._replace(body="{"))
    counting.count(ledger._connection, meter, 1, row._replace(body="[]"))
    assert meter == Meter()


def test_what_is_no_carry_is_said() -> None:
    with pytest.raises(ValueError):
        counting.meter_of('{"opened": 3}')
