"""From the command to the first frame: an empty fleet, a living session, nine of them."""

from tests.bench.figure import Aim, Effort, Figure, median
from tests.bench.rigs import Native, Ours, native, ours, program, ready

EMPTY = b"jump to a session"
PANES = 9


def measure_start(effort: Effort) -> list[Figure]:
    """Seconds from the command to the picture, and from coming back to all nine panes."""
    first = Aim("is", 1.0)
    cold = [_cold() for _ in range(effort.rounds)]
    with native() as plain, ours() as cockpit:
        empty = [_until(cockpit, EMPTY) for _ in range(effort.rounds)]
        one = _both(plain, cockpit, 1, effort)
        plain.close()
        nine = _both(plain, cockpit, PANES, effort)
    return [
        Figure("first frame, nothing runs yet", median(cold), "s", None, first),
        Figure("first frame, empty fleet", median(empty), "s", None, first),
        Figure("first frame, one session", one[1], "s", one[0], first),
        Figure("re-attach until all nine show", nine[1], "s", nine[0], Aim("is", 2.0)),
    ]


def _cold() -> float:
    with ours() as cockpit:
        return _until(cockpit, EMPTY)


def _until(rig: Native | Ours, *texts: bytes) -> float:
    seconds = rig.attach().until_shown(*texts)
    rig.detach()
    return seconds


def _both(plain: Native, cockpit: Ours, panes: int, effort: Effort) -> tuple[float, float]:
    """Seconds of tmux and of agentmux until so many panes are shown."""
    there = len(cockpit.cockpit.ls())
    cockpit.open([program("idle", number) for number in range(there + 1, panes + 1)])
    plain.open([program("idle", number) for number in range(1, panes + 1)])
    texts = [ready(number) for number in range(1, panes + 1)]
    pairs = [(_until(plain, *texts), _until(cockpit, *texts)) for _ in range(effort.rounds)]
    return median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
