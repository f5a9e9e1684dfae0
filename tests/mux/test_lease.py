"""The leader's lock: who holds it is told, and by nobody but its holder."""

import os

from agentmux.mux.lease import Lease, leader_pid
from agentmux.paths import places


def test_the_holder_is_told_for_as_long_as_it_holds() -> None:
    places().make()
    lock = places().leader_lock
    assert leader_pid(lock) is None
    lease = Lease.take(lock)
    assert lease is not None
    assert (leader_pid(lock), Lease.take(lock)) == (os.getpid(), None)
    lease.release()
    assert leader_pid(lock) is None


def test_a_longer_pid_of_an_earlier_holder_leaves_nothing_behind() -> None:
    places().make()
    lock = places().leader_lock
    lock.write_text("12345678901234567\n")  # its holder was killed
    lease = Lease.take(lock)
    assert lease is not None
    assert leader_pid(lock) == os.getpid()
    lease.release()
