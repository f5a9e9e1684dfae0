"""Titles of Codex, and what they tell."""

import pytest

from agentmux.agents import codex
from agentmux.core.facts import AnyFact, Asked, Source, Titled, TurnEnded, Working
from tests.agents.codex.samples import AT

NAMED = Titled(at=AT, title="Fix it | now")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("⠋ Fix it | now | s1", [Working(at=AT), NAMED]),
        ("⠏ s1", [Working(at=AT)]),
        ("Fix it | now | s1", [TurnEnded(at=AT, how="unknown"), NAMED]),
        ("s1", [TurnEnded(at=AT, how="unknown")]),
        ("[ ! ] Action Required | Fix it | s1", [Asked(at=AT, kind=None)]),
        ("[ . ] Action Required", [Asked(at=AT, kind=None)]),
        ("", []),
    ],
)
def test_a_title(text: str, told: list[AnyFact]) -> None:
    assert codex.parse(Source.TITLE, {"text": text}, AT) == told
