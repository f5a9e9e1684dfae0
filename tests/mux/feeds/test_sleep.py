"""A sleep is recorded once, when the machine has woken."""

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.mux.feeds.sleep import slept_s, watch_sleep
from agentmux.mux.mux import Mux
from agentmux.paths import places


async def test_each_sleep_is_recorded_once_and_small_steps_are_none() -> None:
    places().make()
    readings = iter([10.0, 10.1, 11.9, 3610.25, 3610.3, 3613.0, None])
    async with Mux(places(), Config()) as mux:
        await watch_sleep(mux, lambda: next(readings), look_s=0)
        slept = [row for _, row in mux.ledger.since(0) if isinstance(row, e.Slept)]
    assert [row.seconds for row in slept] == [3600.25, 2.75]


async def test_without_such_clocks_nothing_is_told() -> None:
    places().make()
    async with Mux(places(), Config()) as mux:
        await watch_sleep(mux, lambda: None)
        assert mux.ledger.since(0) == []


def test_this_machine_can_tell() -> None:
    told = slept_s()
    assert told is not None and told >= -0.001
