"""The ladder of signals."""

import signal

from agentmux.shim.ending import Ending


def test_nothing_is_sent_before_it_begins() -> None:
    ending = Ending(5.0)

    assert ending.due is None
    assert ending.tick(100.0) is None


def test_each_step_has_its_time() -> None:
    ending = Ending(5.0)
    ending.begin(10.0)
    first = ending.tick(10.0)
    ending.begin(11.0)
    rest = [ending.tick(now) for now in (14.9, 15.0, 19.9, 20.0, 99.0)]

    assert first == signal.SIGHUP
    assert rest == [None, signal.SIGTERM, None, signal.SIGKILL, None]
    assert ending.due is None


def test_it_begins_once() -> None:
    ending = Ending(0.0)
    ending.begin(1.0)
    sent = [ending.tick(1.0) for _ in range(3)]
    ending.begin(2.0)

    assert None not in sent
    assert ending.tick(2.0) is None
