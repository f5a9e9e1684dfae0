"""Waits that rows in an odd order, or rows that are missing, must not spoil."""

from agentmux.core import events as e
from agentmux.core.meter import Meter
from agentmux.core.meters import fold, settle
from tests.core.test_meters import count, figure, total, waits
from tests.support.day import answered, asked, dequeued, enqueued, launched
from tests.support.events import at, in_state, opened


def test_a_second_ask_ends_the_first() -> None:
    meter = count(opened(), asked("s1", 1, 10), asked("s1", 2, 15, "plan"), until=20)
    assert waits(meter, "ask") == [5]
    assert figure(meter, "ask.open_us") == 5


def test_a_removed_session_asks_no_more() -> None:
    meter = count(opened(), asked("s1", 1, 10), e.SessionRemoved(at=at(12), session="s1"), until=99)
    assert waits(meter, "ask") == [2]
    assert total(meter).get("ask.open") == 0


def test_a_row_that_comes_late_takes_nothing_back() -> None:
    meter = count(
        opened(),
        in_state("s1", "working", seconds=10),
        in_state("s1", "idle", seconds=30),
        in_state("s1", "working", seconds=20),
        in_state("s1", "idle", seconds=40),
    )
    assert (figure(meter, "wall.working"), figure(meter, "wall.idle")) == (20 + 10, 0)


def test_one_that_was_removed_while_it_waits_in_the_queue_stays_there() -> None:
    meter = count(enqueued("s1", 0), e.SessionRemoved(at=at(5), session="s1"), until=10)
    assert meter.queue.length == 1
    assert total(meter).get("queue.open") == 1


def test_a_task_leaves_the_queue_once() -> None:
    meter = count(enqueued("s1", 0), opened(), dequeued("s1", 5), dequeued("s1", 9))
    assert waits(meter, "queue") == [5]
    assert meter.queue.length == 0


def test_an_ask_that_is_opened_again_was_asked_once() -> None:
    rows: list[e.Event] = [
        asked("s1", 1, 10),
        answered("s1", 1, 12),
        asked("s1", 1, 20),
        answered("s1", 1, 23),
    ]
    meter = count(opened(), *rows)
    assert total(meter).get("asks.opened") == 1
    assert waits(meter, "ask") == [2, 3]


def test_what_passes_outside_of_the_window_is_not_counted() -> None:
    meter = Meter(since=at(20), until=at(50))
    for event in (in_state("s1", "idle", seconds=s) for s in (0, 30, 60)):
        fold(meter, event)
    assert total(meter).counts == {}
    fold(meter, opened())
    fold(meter, in_state("s1", "working", seconds=10))
    fold(meter, in_state("s1", "idle", seconds=60))
    assert figure(meter, "wall.working") == 30


def test_what_was_open_at_a_moment_was_so_though_it_ended_later() -> None:
    meter = Meter(until=at(50), asof=at(50))
    rows: list[e.Event] = [opened(), asked("s1", 1, 20), enqueued("s2", 45), answered("s1", 1, 60),
            dequeued("s2", 61), asked("s1", 2, 70)]  # fmt: skip
    for event in rows:
        fold(meter, event)
    settle(meter, at(99))
    assert (total(meter).get("ask.open"), figure(meter, "ask.open_us")) == (1, 30)
    assert (total(meter).get("queue.open"), waits(meter, "ask")) == (1, [])


def test_one_that_works_and_never_left_the_queue_is_a_lost_row() -> None:
    first = [enqueued("s1", 0), opened(), *launched("s1", 50), in_state("s1", "idle", seconds=55)]
    then = [in_state("s1", "working", seconds=s) for s in (70, 80)]
    assert total(count(*first, dequeued("s1", 56), *then)).get("queue.lost") == 0
    assert total(count(*first)).get("queue.lost") == 0
    assert total(count(*first, *then)).get("queue.lost") == 1
