"""Records that somebody cut, garbled or blew up: the adapter never fails on one."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import gemini_cli
from agentmux.core.facts import Fact, Source
from tests.agents.gemini_cli.samples import NOW, everything
from tests.support.garble import JUNK, garbled

RECORDED = [[moment.source, moment.record] for moment in everything()]
"""Lists, so that a source may be garbled as well as its record."""


@given(garbled([record for source, record in RECORDED if record]), st.sampled_from(list(Source)))
def test_a_changed_record_never_raises(record: Any, source: Source) -> None:
    for fact in gemini_cli.parse(source, record, NOW):
        assert isinstance(fact, Fact)


@given(
    st.sampled_from(RECORDED).flatmap(lambda told: st.tuples(st.just(told[0]), garbled([told[1]])))
)
def test_a_changed_record_of_its_own_source_never_raises(told: Any) -> None:
    source, record = told
    for fact in gemini_cli.parse(source, record, NOW):
        assert isinstance(fact, Fact)


@given(st.sampled_from(list(Source)), st.dictionaries(st.text(max_size=10), JUNK, max_size=4))
def test_anything_at_all_never_raises(source: Source, record: dict[str, Any]) -> None:
    for fact in gemini_cli.parse(source, record, NOW):
        assert isinstance(fact, Fact)
