"""The pages Codex begins with, as captured; and screens that are none."""

import pytest

from agentmux.agents import codex
from agentmux.core.facts import Answered, Asked, Source
from tests.agents.codex.samples import AT, SAMPLES, screen

PAGES = {
    "page-trust": ("setup", ("Trust and continue", "Back to Agent Command Center")),
    "page-hooks-review": (
        "setup",
        (
            "Review hooks",
            "Trust all and continue",
            "Continue without trusting (hooks won't run)",
        ),
    ),
    "page-new-model": ("setup", ("Try new model", "Use existing model")),
    "page-sign-in": (
        "login",
        ("Sign in with ChatGPT", "Sign in with Device Code", "Sign in another way"),
    ),
    "page-update": (
        "setup",
        (
            "Update now (runs `npm install -g @openai/codex`)",
            "Skip",
            "Skip until next version",
        ),
    ),
    "page-resume": ("setup", ()),
    "limit": (
        "setup",
        (
            "Switch to gpt-6-luna",
            "Keep current model",
            "Keep current model (never show again)",
        ),
    ),
}
ORDINARY = sorted({path.stem for path in (SAMPLES / "screens").glob("*.txt")} - PAGES.keys())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_known(name: str) -> None:
    (asked,) = codex.parse(Source.SCREEN, screen(name), AT)
    assert isinstance(asked, Asked)
    assert (asked.kind, asked.options) == PAGES[name]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_whose_second_line_is_chosen_is_known_too(name: str) -> None:
    lines = screen(name)["lines"]
    moved = [line.replace("› 1.", "  1.").replace("  2.", "› 2.") for line in lines]
    assert codex.parse(Source.SCREEN, {"lines": moved}, AT)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_screen_is_none(name: str) -> None:
    assert codex.parse(Source.SCREEN, screen(name), AT) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_only_quoted_is_none(name: str) -> None:
    quoted = [*screen(name)["lines"], "", *screen("idle")["lines"][-4:]]
    assert codex.parse(Source.SCREEN, {"lines": quoted}, AT) == []


def test_a_page_has_its_lines_in_order() -> None:
    *lines, last = screen("page-hooks-review")["lines"]
    assert codex.parse(Source.SCREEN, {"lines": [*reversed(lines), last]}, AT) == []


@pytest.mark.parametrize(
    "text",
    [
        "error: cannot continue",
        "Continue? [y/n]",
        "› 1. Yes, proceed (y)",
        "Press enter to continue",
    ],
)
def test_text_that_looks_like_a_prompt_changes_nothing(text: str) -> None:
    assert (
        codex.parse(Source.SCREEN, {"lines": ["• Wrote ask.py", f"    1 +{text}", text]}, AT) == []
    )


def test_after_a_page_is_gone_it_is_answered() -> None:
    gone = codex.parse(Source.SCREEN, {**screen("idle"), "asked": True}, AT)
    assert [type(fact) for fact in gone] == [Answered]
