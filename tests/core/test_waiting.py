"""Events of the queue: readable by name in every later version, and of the reasons that exist."""

from agentmux.core import events as e
from agentmux.core import waiting
from agentmux.ledger import codec
from tests.support.events import at


def test_a_task_waits_for_a_slot_until_another_reason_is_told() -> None:
    enqueued = e.Enqueued(at=at(), session="s1", request="r", name="n", agent="claude")
    assert enqueued.reason == "slot"
    assert enqueued.priority == 0


def test_the_ledgers_words_for_them_stay() -> None:
    kinds = {name for name, kind in codec.KINDS.items() if kind.__module__ == waiting.__name__}
    assert kinds == {
        "enqueued",
        "wait_reason",
        "dequeued",
        "queue_sampled",
        "presence_changed",
        "slept",
    }
