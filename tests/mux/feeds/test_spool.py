"""The watch over the shims: told of each end at once, and nothing is left open."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.mux.feeds.spool import ShimWatch
from agentmux.mux.notices import set_within
from tests.support.events import opened

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pidfd is Linux's")

SOON_S = 10.0
"""The kernel tells at once; this much is for a loaded machine."""


def pidfds() -> int:
    """Open ones of this process; its other descriptors come and go with the test runner's own."""
    places = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return sum("[pidfd]" in os.readlink(place) for place in places if os.path.islink(place))


def with_shim(session: str, pid: int) -> Session:
    made = apply(Fleet(), opened(session)).sessions[session]
    return replace(made, shim_pid=pid)


async def test_each_end_is_told_and_nothing_stays_open() -> None:
    stirred: list[None] = []
    watch = ShimWatch(lambda: stirred.append(None))
    before = pidfds()
    shims = [subprocess.Popen(["sleep", "60"]) for _ in range(3)]
    try:
        sessions = tuple(with_shim(f"s{n}", shim.pid) for n, shim in enumerate(shims, 1))
        watch.watch(sessions)
        watch.watch(sessions)
        assert pidfds() == before + 3
        shims[0].kill()
        assert await set_within(watch.ended, SOON_S)
        assert len(stirred) == 1
    finally:
        for shim in shims:
            shim.kill()
            shim.wait()
    watch.watch(())
    assert pidfds() == before


async def test_a_shim_that_is_gone_already_is_left_to_the_look() -> None:
    shim = subprocess.Popen(["true"])
    session = with_shim("s1", shim.pid)
    os.waitpid(shim.pid, 0)
    shim.returncode = 0
    watch = ShimWatch(lambda: None)
    before = pidfds()
    watch.watch((session,))
    assert pidfds() == before
