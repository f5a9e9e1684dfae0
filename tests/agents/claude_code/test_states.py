"""The standard run against what the person really did, by all sources and by fewer of them.

Each line of `EXPECTED` is a deed of `truth.jsonl` and the states that must follow it, in order.
"""

from collections.abc import Iterable

import pytest

from agentmux.core import events as e
from agentmux.core.facts import Source
from tests.agents.claude_code.recorded import SAMPLES, played, states
from tests.support.replay import Played, rows

EXPECTED = [
    ("start", ["idle"]),
    ("submitted plain", ["working", "done"]),
    ("submitted write", ["working", "asking:permission"]),
    ("answer", ["working", "done"]),
    ("submitted shell", ["working", "asking:permission"]),
    ("answer", ["working", "done"]),
    ("submitted deny", ["working", "asking:permission"]),
    ("deny", ["idle"]),
    ("submitted interrupt", ["working"]),
    ("interrupt", ["idle"]),
    ("submitted question", ["working", "asking:question"]),
    ("answer", ["working", "done"]),
    ("submitted retry", ["working", "done"]),
    ("submitted error", ["working", "failed:billing_error"]),
    ("submitted limit", ["working", "limited"]),
    ("quit", []),
]
AT_ONCE = 0.5
"""Seconds from a deed to the first state that follows it."""
SOON = 0.6
"""Seconds after which a source that has missed something must at least be in doubt."""

WITHOUT_STATUS = [s for s in Source if s is not Source.OSC7501]
WITHOUT_HOOKS = [s for s in Source if s not in (Source.HOOK, Source.OTLP)]


def deeds() -> list[tuple[float, str]]:
    """When the person did what."""
    told = []
    for row in rows(SAMPLES / "truth.jsonl"):
        name = f"submitted {row['tag']}" if row["act"] == "submitted" else row["act"]
        if name in {deed for deed, _ in EXPECTED}:
            told.append((row["t"], name))
    return told


def by_deed(run: Played) -> list[tuple[str, list[str], float]]:
    """Deed, the states until the next one, and how long the first of them took."""
    done = deeds()
    ends = [t for t, _ in done[1:]] + [float("inf")]
    found = []
    for (t, name), end in zip(done, ends, strict=True):
        after = [(at, state) for at, state in run.states if t <= at < end]
        found.append((name, [state for _, state in after], after[0][0] - t if after else 0.0))
    return found


@pytest.mark.parametrize("only", [list(Source), [Source.OSC7501, Source.HOOK], WITHOUT_STATUS])
def test_every_deed_is_followed_by_its_states(only: Iterable[Source]) -> None:
    found = by_deed(played(only=only))
    assert [(name, told) for name, told, _ in found] == EXPECTED
    late = {name: took for name, told, took in found if took > AT_ONCE and name != "start"}
    assert late == {}


def test_a_state_is_shown_as_soon_as_its_first_source_tells() -> None:
    """Measured: 31 to 152 ms from the key press to the program's own status."""
    took = [took for name, told, took in by_deed(played()) if told and name != "start"]
    assert max(took) < 0.16


def test_all_of_it_is_certain() -> None:
    assert not any(state.endswith("?") for state in states(played()))
    assert not any(state.endswith("?") for state in states(played(only=WITHOUT_STATUS)))


def test_turns_end_as_they_ended() -> None:
    ended = [(t.outcome, t.cause, t.certain) for t in played().of(e.TurnEnded)]
    assert ended == [
        ("done", None, True),
        ("done", None, True),
        ("done", None, True),
        ("interrupted", "you", True),
        ("interrupted", "you", True),
        ("done", None, True),
        ("done", None, True),
        ("failed", "api_error", True),
        ("failed", "limit", True),
    ]


def test_asks_say_what_is_asked_and_what_can_be_answered() -> None:
    asked = {ask.ask: ask for ask in played().of(e.AskOpened)}
    told = [(ask.kind, ask.tool, ask.text, ask.options) for ask in asked.values()]
    command = 'python3 -c "import time;time.sleep(3);print(42)" > out.txt'
    assert told == [
        ("permission", "Write", "/repo/fixtures-fixtures-fixtur/wt/s1/notes.txt", ()),
        ("permission", "Bash", command, ()),
        ("permission", "Bash", "touch nope.txt", ()),
        ("question", "AskUserQuestion", "Which color?", ("Red", "Blue")),
    ]
    assert asked[1].detail == "+ hello there"
    assert asked[4].call == "toolu_fkce0fadc0x0x0n8"


ENDS = {"failed:billing_error", "limited"}


@pytest.mark.parametrize(
    "only",
    [
        [Source.OSC7501],
        [Source.REGISTRY],
        [Source.HOOK],
        [Source.TRANSCRIPT],
        [Source.TITLE, Source.OTLP, Source.STATUSLINE],
        WITHOUT_HOOKS,
    ],
)
def test_fewer_sources_are_never_wrong_and_certain(only: list[Source]) -> None:
    """What is shown soon after a deed, and just before the next one."""
    done = deeds()
    ends = [t for t, _ in done[1:]] + [done[-1][0] + 2]
    for (t, _), end, (name, right) in zip(done, ends, EXPECTED, strict=True):
        if not right or name == "start":
            continue
        for moment, wanted in ((t + SOON, right), (end - 0.01, right[-1:])):
            shown = shown_at(moment, only)
            is_right = any(_is_no_more_than(shown, state) for state in wanted)
            assert is_right or shown.endswith("?"), (name, shown, wanted)


def shown_at(t: float, only: list[Source]) -> str:
    """What a person sees at `t`."""
    told = states(played(only=only, end=t))
    return told[-1] if told else "starting?"


def _is_no_more_than(shown: str, right: str) -> bool:
    """Whether `shown` says the same, or less of the cause."""
    return (
        right == shown or right.startswith(shown + ":") or (right, shown) == ("limited", "failed")
    )
