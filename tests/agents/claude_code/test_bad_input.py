"""Records that are cut, mixed up or of another form: they may say nothing, and never raise."""

import json
from datetime import UTC
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentmux.core.facts import Fact, Source
from tests.agents.claude_code.recorded import parse, recorded, screen

SOURCES = st.sampled_from(list(Source))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["idle", "user", "assistant", "Stop", "tool_use", "AskUserQuestion"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
RECORDS = [
    (moment.source, moment.record)
    for run in ("", "subagent-and-background", "usage-limit-subscription")
    for moment in recorded(run)
]


@st.composite
def changed(draw: st.DrawFn) -> tuple[Source, dict[str, Any]]:
    """A recorded record with one of its values, however deep, gone or replaced."""
    source, record = draw(st.sampled_from(RECORDS))
    copied: dict[str, Any] = json.loads(json.dumps(record))
    place: Any = copied
    while True:
        inner = place.items() if isinstance(place, dict) else enumerate(place)
        keys = [key for key, value in inner if isinstance(value, dict | list) and value]
        if not keys or draw(st.booleans()):
            break
        place = place[draw(st.sampled_from(keys))]
    key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    if draw(st.booleans()):
        place[key] = draw(JSON)
    else:
        del place[key]
    return source, copied


def check(source: Source, record: dict[str, Any]) -> None:
    for fact in parse(source, record):
        assert isinstance(fact, Fact)
        assert fact.at.tzinfo is UTC


@given(changed())
@settings(max_examples=500, deadline=None)
def test_a_changed_record_never_raises(given: tuple[Source, dict[str, Any]]) -> None:
    check(*given)


@given(SOURCES, st.dictionaries(st.text(max_size=8), JSON, max_size=5))
@settings(max_examples=300, deadline=None)
def test_anything_at_all_never_raises(source: Source, record: dict[str, Any]) -> None:
    check(source, record)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_terminal_text_never_raises(text: str) -> None:
    check(Source.TITLE, {"text": text})
    check(Source.OSC7501, {"data": text})
    check(Source.SCREEN, {"lines": text.split("\n")})


@given(st.sampled_from(["trust", "theme", "retrying", "idle"]), st.data())
@settings(max_examples=100, deadline=None)
def test_a_screen_with_lines_gone_is_a_page_or_nothing(name: str, data: st.DataObject) -> None:
    lines = screen(name)
    kept = data.draw(st.lists(st.sampled_from(range(len(lines))), unique=True).map(sorted))
    check(Source.SCREEN, {"lines": [lines[number] for number in kept]})


def test_a_deep_and_a_huge_record() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"in": deep}
    big = "x" * 5_000_000
    for given_to in (deep, {"command": big}, {"questions": [{"question": big}] * 3}):
        payload = {"hook_event_name": "PermissionRequest", "tool_name": "Bash"}
        check(Source.HOOK, {**payload, "tool_input": given_to})
