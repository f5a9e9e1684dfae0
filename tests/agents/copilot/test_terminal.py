"""The titles of Copilot, and the page of its start."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from agentmux.agents import copilot
from agentmux.core import facts as f
from agentmux.core.facts import AnyFact, Source
from tests.agents.copilot.samples import AT, SAMPLES
from tests.support.events import JSON


def screen(name: str) -> list[str]:
    return (SAMPLES / "screens" / f"{name}.txt").read_text().splitlines()


def seen(lines: Any, **more: Any) -> list[AnyFact]:
    return copilot.parse(Source.SCREEN, {"lines": lines, **more}, AT)


def test_its_title_says_that_it_waits_and_then_what_it_does() -> None:
    def title(text: str) -> list[AnyFact]:
        return copilot.parse(Source.TITLE, {"text": text}, AT)

    assert title("GitHub Copilot") == [f.Ready(at=AT)]
    assert title("Fix it - GitHub Copilot") == [f.Titled(at=AT, title="Fix it")]
    assert title("") == title("vim") == []


def test_the_page_that_asks_for_trust() -> None:
    assert seen(screen("trust")) == [
        f.Asked(
            at=AT,
            kind="setup",
            text="Do you trust the files in this folder?",
            options=("Yes", "Yes, and remember this folder for future sessions", "No (Esc)"),
        )
    ]


def test_it_is_over_once_it_is_gone() -> None:
    assert seen(screen("idle"), asked=True) == [f.Answered(at=AT)]
    assert seen(screen("trust"), asked=True) == seen(screen("trust"))


OTHERS = sorted(path.stem for path in Path(SAMPLES, "screens").glob("*.txt"))


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "trust"])
def test_every_other_screen_says_nothing(name: str) -> None:
    """Also the dialogs, of which the record tells."""
    assert seen(screen(name)) == []


def test_a_page_that_is_only_quoted_is_none() -> None:
    page = screen("trust")
    assert seen([*page, "", "❯ why did it ask this?"]) == []
    assert seen([line.replace("❯", " ") for line in page]) == []
    assert seen([line for line in page if "Confirm folder" not in line]) == []
    assert seen([line for line in page if "to navigate" not in line]) == []


@given(JSON)
def test_a_screen_of_any_kind_never_raises(lines: Any) -> None:
    seen(lines)
    seen([lines, *screen("trust")])
    copilot.parse(Source.TITLE, {"text": lines}, AT)
