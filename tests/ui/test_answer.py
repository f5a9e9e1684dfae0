"""Who waits: the queue's keys, and the sheet that shows an ask with the agent's own options."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agentmux.core.session import Ask, Deed
from agentmux.core.state import SessionState
from agentmux.errors import AgentError
from agentmux.ui.screens.answer import Answer
from tests.support.snapshot import text_of
from tests.support.staged import NOON, StagedMux
from tests.ui.conftest import Stage
from tests.ui.looks import bottom, press

OPTIONS = ["Yes", "Yes, and don't ask again for pytest", "No, and tell Claude what to do"]


def asks(
    mux: StagedMux, number: int, seconds: float, text: str = "pytest -q", **more: object
) -> None:
    """The session waits for the person."""
    at = NOON - timedelta(seconds=seconds)
    ask = Ask(number=2, at=at, kind="permission", text=text, tool="Bash", **more)  # type: ignore[arg-type]
    deeds = (Deed(at, "you", "make the importer stream"), Deed(at, "Edit", "src/reader.py"))
    mux.change(
        f"s{number}", state=SessionState.ASKING, state_since=at, state_kind="permission", ask=ask,
        recent=deeds,
    )  # fmt: skip


@pytest.fixture
def waiting(full: StagedMux) -> StagedMux:
    """Session 6 waits for three minutes, 2 for one; both show the same menu."""
    asks(full, 6, 192)
    asks(full, 2, 60, "make")
    full.result = {"options": list(OPTIONS), "marked": 1, "fingerprint": "f1", "label": "Yes"}
    return full


def selected(stage_app: object) -> str | None:
    found: str | None = stage_app.screen_stack[1].selected  # type: ignore[attr-defined]
    return found


async def test_w_goes_to_the_longest_then_on_and_W_back(stage: Stage, waiting: StagedMux) -> None:
    async with stage(waiting) as pilot:
        for key, expected in (("w", "s6"), ("w", "s2"), ("w", "s6"), ("W", "s2")):
            await press(pilot, key)
            assert selected(pilot.app) == expected


async def test_who_is_snoozed_waits_for_nobody(stage: Stage, waiting: StagedMux) -> None:
    waiting.change("s6", snoozed_until=NOON + timedelta(minutes=9))
    async with stage(waiting) as pilot:
        await press(pilot, "w")
        assert selected(pilot.app) == "s2"
        assert "NEEDS YOU  2 " in text_of(pilot.app)


async def test_the_sheet_shows_the_ask_the_options_and_what_came_before(
    stage: Stage, waiting: StagedMux
) -> None:
    async with stage(waiting, (120, 36)) as pilot:
        await press(pilot, "a")
        text = text_of(pilot.app)
        for part in ("1 of 2  6 ", "asks for permission", "waits 3m 12s", "Bash", "pytest -q",
                     "src/reader.py", "make the importer stream", "2  Yes, and don't ask again",
                     "It never means no."):  # fmt: skip
            assert part in text, part
    assert waiting.requests == [("dialog", "s6", {})]


async def test_a_digit_takes_that_option_of_the_question_that_was_seen(
    stage: Stage, waiting: StagedMux
) -> None:
    async with stage(waiting, (120, 36)) as pilot:
        await press(pilot, "a", "2")
        given = {"choice": "2", "ask": 2, "fingerprint": "f1"}
        assert waiting.requests[-1] == ("answer", "s6", given)
        assert not isinstance(pilot.app.screen, Answer)
        assert "took: Yes" in text_of(pilot.app)


@pytest.mark.parametrize(("key", "word"), [("y", "yes"), ("n", "no")])
async def test_yes_and_no_are_the_agents_own(
    stage: Stage, waiting: StagedMux, key: str, word: str
) -> None:
    async with stage(waiting) as pilot:
        await press(pilot, "a", key)
        assert waiting.requests[-1][2]["choice"] == word


async def test_escape_sends_nothing(stage: Stage, waiting: StagedMux) -> None:
    async with stage(waiting) as pilot:
        await press(pilot, "a", "escape")
        assert not isinstance(pilot.app.screen, Answer)
        assert [verb for verb, _, _ in waiting.requests] == ["dialog"]


async def test_an_answer_that_is_not_taken_is_said_and_the_sheet_stays(
    stage: Stage, waiting: StagedMux
) -> None:
    waiting.refusals["answer"] = [AgentError("Not taken: another question stands there by now.")]
    async with stage(waiting, (120, 36)) as pilot:
        await press(pilot, "a", "1")
        assert isinstance(pilot.app.screen, Answer)
        assert "Not taken: another question" in text_of(pilot.app)


async def test_without_a_menu_nothing_can_be_chosen(stage: Stage, waiting: StagedMux) -> None:
    waiting.refusals["dialog"] = [AgentError("Its screen shows no menu.", "Answer it in the pane.")]
    async with stage(waiting, (120, 36)) as pilot:
        await press(pilot, "a", "1", "y")
        assert [verb for verb, _, _ in waiting.requests] == ["dialog"]
        assert "Answer it in the pane." in text_of(pilot.app)
        await press(pilot, "o")
        assert bottom(pilot).startswith(" TYPE → 6 ")


async def test_tab_leaves_it_for_the_next_and_s_puts_it_off(
    stage: Stage, waiting: StagedMux
) -> None:
    async with stage(waiting) as pilot:
        await press(pilot, "a", "tab")
        assert selected(pilot.app) == "s2"
        assert isinstance(pilot.app.screen, Answer)
        await press(pilot, "s")
        assert waiting.requests[-1] == ("snooze", "s2", {})


async def test_the_same_request_is_answered_for_all_each_by_itself(
    stage: Stage, waiting: StagedMux
) -> None:
    asks(waiting, 2, 60)
    waiting.change("s2", agent=waiting.fleet.sessions["s6"].agent)
    async with stage(waiting, (120, 40)) as pilot:
        await press(pilot, "a")
        assert "asked the same" in text_of(pilot.app)
        await press(pilot, "B")
        answered = [(who, args) for verb, who, args in waiting.requests if verb == "answer"]
        assert answered == [(s, {"choice": "yes", "ask": 2}) for s in ("s6", "s2")]


async def test_the_sheet_goes_when_the_ask_is_over(stage: Stage, waiting: StagedMux) -> None:
    async with stage(waiting) as pilot:
        await press(pilot, "a")
        waiting.change("s6", state=SessionState.WORKING, ask=None)
        await pilot.pause()
        pilot.app.screen.refill()  # type: ignore[attr-defined]
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Answer)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (220, 60)])
async def test_hostile_text_stays_inside_the_sheet(
    stage: Stage, waiting: StagedMux, size: tuple[int, int]
) -> None:
    asks(waiting, 6, 192, "\x1b[2Jrm\n\u202e" + "x" * 500, detail="\x07\n" * 40)
    async with stage(waiting, size) as pilot:
        await press(pilot, "a")
        lines = text_of(pilot.app).splitlines()
        assert not any("\x1b" in line or "\u202e" in line for line in lines)
        assert isinstance(pilot.app.screen, Answer)


async def test_what_was_done_is_looked_at_once_somebody_is_there(
    stage: Stage, full: StagedMux
) -> None:
    full.change("s5", state=SessionState.DONE, state_since=NOON - timedelta(seconds=5))
    async with stage(full) as pilot:
        pilot.app.screen.selected = "s5"  # type: ignore[attr-defined]
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        await pilot.pause()
        assert full.requests == []
        await press(pilot, "5")
        pilot.app.screen.tick()  # type: ignore[attr-defined]
        await pilot.pause()
        assert full.requests == [("seen", "s5", {})]


async def test_an_ask_without_words_shows_the_question_on_its_screen(
    stage: Stage, waiting: StagedMux
) -> None:
    asks(waiting, 6, 192, "")
    session = waiting.fleet.sessions["s6"]
    assert session.ask is not None
    waiting.change("s6", ask=replace(session.ask, tool=""))
    waiting.result["question"] = ["Bash: make \x1b[2J", "Do you want to proceed?"]
    async with stage(waiting) as pilot:
        assert "permission  " in text_of(pilot.app) and "permission:" not in text_of(pilot.app)
        await press(pilot, "a")
        text = text_of(pilot.app)
        assert "Do you want to proceed?" in text and "Bash: make" in text
        assert "\x1b" not in text and "seen to be taken." in text
