"""Figures of a tally: the promised keys, nothing made up, every one explained."""

from agentmux.core.tally import Tally
from agentmux.report.figures import DEFINITIONS, Figures

FULL = Tally(
    {
        "turns.done": 33, "turns.interrupted": 5, "turns.failed": 3, "cause.you": 5,
        "cause.api_error": 2, "cause.limit": 1, "ask.permission": 400_100_000,
        "ask.here": 300_000_000, "ask.away": 212_700_000, "asks.opened": 6, "ask.open": 1,
        "queue.slot": 30_500_000, "wall.working": 7_200_000_000, "wall.idle": 5_000_000,
        "wall.unread": 2_500_000, "responses": 12, "tokens.input": 7, "tokens.output": 9,
        "cost": 1_234_567_000_000_000, "price_date.2026-02-01": 11, "price_date.2026-03-01": 1,
    },
    {"queue": [0, 0, 0, 0, 12_100_000, 18_400_000], "ask": [5, 4, 3, 2]},
)  # fmt: skip


def test_a_row_has_the_promised_keys_and_values() -> None:
    row = Figures(FULL, 3).row()
    assert row["sessions"] == 3
    assert row["turns"] == {"n": 41, "done": 33, "interrupted": 5, "failed": 3, "uncertain": 0}
    assert row["interruption"] == {
        "rate": 0.1951,
        "n": 41,
        "by_cause": {"you": 5, "api_error": 2, "limit": 1, "crash": 0, "cap": 0},
    }
    assert row["failure_rate"] == 0.0732
    assert row["ask_rate"] == {"n": 6, "per_hour": 3.0}
    assert row["cost_usd"] == "1.234567"
    assert (row["certain"], row["unpriced_responses"], row["price_date"]) == (True, 0, "2026-03-01")
    assert row["reported_usd"] is None
    wall = row["wall"]
    assert isinstance(wall, dict)
    assert (wall["working_s"], wall["idle_s"], wall["unread_s"]) == (7200.0, 7.5, 2.5)


def test_a_percentile_of_fewer_than_five_is_null() -> None:
    row = Figures(FULL, 3).row()
    queue, ask = row["queue_wait"], row["attention_wait"]
    assert isinstance(queue, dict) and isinstance(ask, dict)
    assert (queue["n"], queue["p50_s"], queue["p95_s"], queue["total_s"]) == (6, 0.0, 18.4, 30.5)
    assert queue["by_reason"] == {
        "slot": 30.5, "budget": 0.0, "limit": 0.0, "dependency": 0.0, "held": 0.0, "start": 0.0,
    }  # fmt: skip
    assert (ask["n"], ask["p50_s"], ask["p95_s"], ask["open"]) == (4, None, None, 1)
    assert (ask["here_s"], ask["away_s"]) == (300.0, 212.7)


def test_nobody_is_said_to_have_been_there_while_nobody_recorded_it() -> None:
    ask = Figures(Tally(), 1).row()["attention_wait"]
    assert isinstance(ask, dict) and not {"here_s", "away_s"} & ask.keys()


def test_a_figure_that_cannot_be_given_is_null_and_never_nought() -> None:
    row = Figures(Tally(), 0).row()
    assert (row["failure_rate"], row["cost_usd"], row["certain"]) == (None, "0.000000", True)
    unpriced = Figures(Tally({"responses": 2, "unpriced": 2}), 1).row()
    assert (unpriced["cost_usd"], unpriced["certain"]) == (None, False)
    partly = Figures(Tally({"responses": 2, "unpriced": 1, "cost": 10**15}), 1).row()
    assert (partly["cost_usd"], partly["certain"]) == ("1.000000", False)
    for name in ("incomplete", "estimated"):
        assert Figures(Tally({"responses": 1, name: 1}), 1).row()["certain"] is False
    told = Figures(Tally({"responses": 1, "reported": 10**15, "reported_responses": 1}), 1).row()
    assert told["reported_usd"] == "1.000000"


def test_every_figure_is_explained() -> None:
    assert set(Figures(FULL, 3).row()) <= set(DEFINITIONS)
    assert all(said.endswith(".") for said in DEFINITIONS.values())
