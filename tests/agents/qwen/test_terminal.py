"""Qwen Code's titles and its sign-in page, and screens that only look like it."""

import pytest

from agentmux.agents import qwen
from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.qwen.samples import NOW, screen

RESTS = f.TurnEnded(at=NOW, how="unknown")


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("Qwen - s1        ", [RESTS]),
        ("my name for it", [RESTS]),
        ("◐︎ Qwen - s1", [f.Working(at=NOW)]),
        ("✳︎ Qwen - s1", [f.Asked(at=NOW, kind=None)]),
        ("   ", []),
    ],
)
def test_a_title(title: str, facts: list[f.AnyFact]) -> None:
    assert qwen.parse(Source.TITLE, {"text": title}, NOW) == facts


def test_the_page_that_signs_in() -> None:
    asked = f.Asked(at=NOW, kind="login", text="Connect a Provider")
    assert qwen.parse(Source.SCREEN, screen("login"), NOW) == [asked]


@pytest.mark.parametrize(
    "name", ["idle", "working", "error", "question", "approve-shell", "approve-write"]
)
def test_ordinary_screens_say_nothing(name: str) -> None:
    assert qwen.parse(Source.SCREEN, screen(name), NOW) == []


def test_a_page_that_is_only_quoted_is_none() -> None:
    page = screen("login")["lines"]
    for changed in (
        [*page, "  >   Type your message"],
        [*page[:-1], "and so on"],
        [line.replace("›", " ") for line in page],
        [line.replace("Connect a Provider", "Connect a printer!") for line in page],
        [line.strip("│ ") for line in page],
    ):
        assert qwen.parse(Source.SCREEN, {"lines": changed}, NOW) == []
