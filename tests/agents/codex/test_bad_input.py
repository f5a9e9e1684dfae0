"""Records that somebody cut, garbled or blew up: the adapter never fails on one."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import codex
from agentmux.core.facts import Fact, Source
from agentmux.core.otlp import log_records
from tests.agents.codex.samples import AT, SAMPLES, copy, lines, screen

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["1" * 5000, "\ud800", "x" * 100_000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=5,
)  # fmt: skip


def recorded() -> list[tuple[Source, dict[str, Any]]]:
    found = [(Source.HOOK, row["p"]) for path in SAMPLES.glob("*/hooks.jsonl")
             for row in lines(str(path.relative_to(SAMPLES)))]  # fmt: skip
    found += [(Source.TRANSCRIPT, row) for path in SAMPLES.glob("*/rollout*.jsonl")
              for row in lines(str(path.relative_to(SAMPLES)))]  # fmt: skip
    found += [(Source.OTLP, record) for row in lines("standard/otlp.jsonl")
              for _, record in log_records(row["payload"], AT)]  # fmt: skip
    found += [(Source.SCREEN, screen(path.stem)) for path in SAMPLES.glob("screens/*.txt")]
    return [*found, (Source.TITLE, {"text": "⠋ a | b"}), (Source.OSC7501, {"data": "state=idle"})]


RECORDED = recorded()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all that stands in a record."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    for step, inner in steps:
        deeper = (*path, step)
        found += places(inner, deeper) if isinstance(inner, dict | list) else [deeper]
    return found


@given(st.sampled_from(RECORDED), st.data())
def test_a_changed_record_never_raises(told: tuple[Source, dict[str, Any]], data: Any) -> None:
    source, record = told[0], copy(told[1])
    path = data.draw(st.sampled_from(places(record)))
    where: Any = record
    for step in path[:-1]:
        where = where[step]
    if data.draw(st.booleans()):
        where[path[-1]] = data.draw(JUNK)
    else:
        del where[path[-1]]
    for fact in codex.parse(source, record, AT):
        assert isinstance(fact, Fact)


@given(st.sampled_from(list(Source)), st.dictionaries(st.text(max_size=10), JUNK, max_size=4))
def test_anything_at_all_never_raises(source: Source, record: dict[str, Any]) -> None:
    for fact in codex.parse(source, record, AT):
        assert isinstance(fact, Fact)


@given(JUNK, st.sampled_from(["id", "result"]))
def test_an_answer_of_anything_never_raises(junk: Any, key: str) -> None:
    codex.parse_hook_answer(f'{{"id":2,"{key}":{junk!r}}}')
    assert codex.parse_hook_answer(str(junk)) == {}
