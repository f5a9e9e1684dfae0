"""What stands on a dialog, what it leaves to be seen, and that its texts fit any width."""

import pytest
from rich.color import ColorType
from rich.segment import Segment
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from agentmux.errors import NeedsConfirmation
from agentmux.ui.theme import load_themes
from tests.support.snapshot import rows_of, text_of
from tests.support.staged import StagedMux
from tests.ui.conftest import Stage
from tests.ui.looks import bottom, press


def piece(pilot: Pilot[None], text: str) -> Segment:
    """The segment that holds `text`."""
    return next(s for row in rows_of(pilot.app) for s in row if text in s.text)


@pytest.mark.parametrize("keys", [["?"], [":"], ["N"], ["x"]], ids=lambda keys: keys[0])
async def test_a_dialog_dims_palette_colours_and_hides_no_text(
    stage: Stage, full: StagedMux, keys: list[str]
) -> None:
    async with stage(full, (220, 60)) as pilot:
        full.panes.draw("%1", "\x1b[31mred \x1b[90mgrey\x1b[0m")
        await press(pilot, *keys)
        for word in ("red", "grey"):
            style = piece(pilot, word).style
            assert style is not None and style.color is not None and style.bgcolor is not None
            ink, ground = style.color.get_truecolor(), style.bgcolor.get_truecolor()
            assert max(abs(a - b) for a, b in zip(ink, ground, strict=True)) > 40
        await press(pilot, "escape")
        live = piece(pilot, "red").style
        assert live is not None and live.color is not None
        assert live.color.type is ColorType.STANDARD  # the terminal's own palette again


async def test_the_fleets_keys_are_hinted_only_while_they_work(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full, (120, 36)) as pilot:
        for dialog in ("?", ":", "N"):
            await press(pilot, dialog)
            assert "zoom" not in bottom(pilot)
            await press(pilot, "escape")
            assert "z zoom" in bottom(pilot)
        await press(pilot, "space")  # a key that does not close a peek does what it does
        assert "z zoom" in bottom(pilot)


async def test_a_question_names_what_yes_does(stage: Stage, full: StagedMux) -> None:
    full.refusals["remove"] = [NeedsConfirmation("Removing it would lose 9 paths.")]
    async with stage(full) as pilot:
        for key, answer in (("x", "y stop   n leave it"), ("R", "y restart   n leave it")):
            await press(pilot, key)
            assert answer in text_of(pilot.app)
            await press(pilot, "n")
        await press(pilot, "X")
        assert "y remove   n leave it" in text_of(pilot.app)
        await press(pilot, "y")
        assert "y discard   n leave it" in text_of(pilot.app)


async def test_an_action_takes_one_line_of_the_palette(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (40, 10)) as pilot:
        await press(pilot, ":")
        rows = text_of(pilot.app).splitlines()
        assert "enter run · esc back" in rows[8]
        assert all(row[2:14].strip() for row in rows[3:8])  # its key stands on each
        assert rows[3].rstrip(" │").endswith("…")


async def test_a_narrow_help_has_one_word_for_a_key(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (40, 10)) as pilot:
        await press(pilot, "?", *"layout")
        assert "+                layout" in text_of(pilot.app)
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "Next layout" in text_of(pilot.app)
        assert "│ layout" in text_of(pilot.app)


async def test_the_field_with_the_keys_is_marked_and_says_its_own(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full) as pilot:
        await press(pilot, "N")
        assert "▌task" in text_of(pilot.app)
        assert "ctrl+j new line" in text_of(pilot.app)
        await press(pilot, "tab")
        text = text_of(pilot.app)
        assert "▌agent" in text and "▌task" not in text
        assert "←→ choose" in text and "ctrl+j" not in text
        await press(pilot, "tab")
        assert "enter start · tab next · esc back ─" in text_of(pilot.app)


async def test_a_filter_says_that_it_hides_something_and_how_to_end_it(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full, (120, 36), layout="wall") as pilot:
        await press(pilot, "/", *"codex", "enter")
        assert "/ codex  2 of 9" in text_of(pilot.app).splitlines()[0]
        assert bottom(pilot).startswith(" COMMAND   esc show all  1-9 go")
        await press(pilot, "/", *"zzz", "enter")
        text = text_of(pilot.app)
        assert "No session has codexzzz" in text
        assert "new session" not in text
        await press(pilot, "escape")
        assert " of 9" not in text_of(pilot.app)
        assert "show all" not in bottom(pilot)


@pytest.mark.parametrize("theme", load_themes())
async def test_what_a_field_offers_can_be_read(stage: Stage, full: StagedMux, theme: str) -> None:
    async with stage(full, theme=theme) as pilot:
        await press(pilot, "N")
        style = piece(pilot, "default branch").style
        assert style is not None and style.color is not None and style.bgcolor is not None
        assert style.italic and not style.dim  # told from what is typed without any colour
        assert style.color.name == load_themes()[theme].colors["dim"].lower()


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}], ids=["colour", "none"])
async def test_the_cursor_of_the_task_is_reversed(
    stage: Stage, full: StagedMux, env: dict[str, str]
) -> None:
    async with stage(full, env=env, theme="light") as pilot:
        await press(pilot, "N", *"ab", "left")
        style = next(s.style for row in rows_of(pilot.app) for s in row if s.text == "b")
        assert style is not None and style.reverse


@pytest.mark.parametrize("key", ["N", "r", ":", "?"])
async def test_no_cursor_blinks(stage: Stage, full: StagedMux, key: str) -> None:
    async with stage(full) as pilot:
        await press(pilot, key)
        fields = [*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)]
        assert fields
        assert not any(field.cursor_blink for field in fields)
