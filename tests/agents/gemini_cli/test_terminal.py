"""Gemini CLI's titles and pages, and screens that only look like pages."""

import pytest

from agentmux.agents import gemini_cli
from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.gemini_cli.samples import NOW, screen

RESTS = f.TurnEnded(at=NOW, how="unknown")


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("◇  Ready (s1)                            ", [RESTS]),
        ("✦  Working… (s1)        ", [f.Working(at=NOW)]),
        ("⏲  Working… (s1)", [f.Working(at=NOW)]),
        ("✦  Reading the tests (s1)", [f.Working(at=NOW, activity="Reading the tests")]),
        ("✋  Action Required (s1)", [f.Asked(at=NOW, kind=None)]),
        ("Gemini CLI (s1)", []),
        ("", []),
        ("Action Required", []),
        ("vim ✋", []),
    ],
)
def test_a_title(title: str, facts: list[f.AnyFact]) -> None:
    assert gemini_cli.parse(Source.TITLE, {"text": title}, NOW) == facts


def seen(record: dict[str, object]) -> list[f.AnyFact]:
    """The facts of one screen."""
    return gemini_cli.parse(Source.SCREEN, record, NOW)


def test_the_quota_page() -> None:
    text = "Usage limit reached for all Pro models."
    options = ("Switch to gemini-3-flash-preview", "Stop")
    assert seen(screen("quota")) == [
        f.Limited(at=NOW, text=text),
        f.Asked(at=NOW, kind="question", text=text, options=options),
    ]


def test_pages_of_the_start() -> None:
    folders = ("Trust folder (s1)", "Trust parent folder (wt)", "Don't trust")
    text = "Do you trust the files in this folder?"
    assert seen(screen("trust")) == [f.Asked(at=NOW, kind="setup", text=text, options=folders)]
    ways = ("Sign in with Google", "Use Gemini API Key", "Vertex AI")
    text = "How would you like to authenticate for this project?"
    assert seen(screen("login")) == [f.Asked(at=NOW, kind="login", text=text, options=ways)]


@pytest.mark.parametrize(
    "name",
    ["idle", "working", "interrupted", "denied", "approve-shell", "approve-write", "question"],
)
def test_ordinary_screens_say_nothing(name: str) -> None:
    assert seen(screen(name)) == []


def test_a_page_that_is_only_quoted_is_none() -> None:
    page = screen("quota")["lines"]
    composer = ["", " >   Type your message or @path/to/file"]
    assert seen({"lines": [*page, *composer]}) == []
    assert seen({"lines": [*page[:-1], "and so on"]}) == []
    bare = [line.strip("│ ") for line in page]
    assert seen({"lines": bare}) == []
    unmarked = [line.replace("●", " ") for line in page]
    assert seen({"lines": unmarked}) == []
    other = [line.replace("2. Stop", "2. Go on") for line in page]
    assert seen({"lines": other}) == []
