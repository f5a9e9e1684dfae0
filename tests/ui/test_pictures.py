"""How the screen looks: every layout at three sizes, every theme, every dialog."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from agentmux.ui.layout import LAYOUTS
from agentmux.ui.theme import load_themes
from tests.support.pictures import nine
from tests.support.snapshot import text_of
from tests.support.staged import StagedMux, fleet_of, session
from tests.ui.conftest import Stage

Matches = Callable[[Pilot[None], str], None]
SIZES = ((80, 24), (120, 36), (220, 60))


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_layouts(
    stage: Stage, matches: Matches, tmp_path: Path, layout: str, size: tuple[int, int]
) -> None:
    async with stage(nine(tmp_path), size, layout=layout) as pilot:
        matches(pilot, f"{layout}-{size[0]}x{size[1]}")


@pytest.mark.parametrize("theme", load_themes())
async def test_themes(stage: Stage, matches: Matches, tmp_path: Path, theme: str) -> None:
    async with stage(nine(tmp_path), theme=theme) as pilot:
        matches(pilot, f"theme-{theme}")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("new", ["N"]), ("help", ["?"]), ("palette", [":"]), ("remove", ["2", "X"]),
        ("rename", ["r"]), ("type", ["3", "i"]), ("leader", ["3", "i", "ctrl+q"]),
        ("scroll", ["3", "["]), ("ended", ["7"]),
    ],
)  # fmt: skip
async def test_dialogs_and_modes(
    stage: Stage, matches: Matches, tmp_path: Path, name: str, keys: list[str]
) -> None:
    async with stage(nine(tmp_path)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        matches(pilot, name)


async def test_the_first_run_teaches_six_keys_and_the_next_only_one(
    stage: Stage, matches: Matches, mux: StagedMux
) -> None:
    async with stage(mux, (120, 36)) as pilot:
        matches(pilot, "first-run")
        mux.publish(fleet_of(session(1, "gone", removed=True, slot=None)))
        await pilot.pause()
        assert "Up to nine agents" not in text_of(pilot.app)
        assert "n  new session" in text_of(pilot.app)


@pytest.mark.parametrize("size", [(40, 10), (41, 16), (60, 16), (300, 100)])
async def test_every_size_shows_all_sessions_and_the_mode(
    stage: Stage, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with stage(nine(tmp_path), size) as pilot:
        text = text_of(pilot.app)
        assert "csv-import" in text
        assert "COMMAND" in text.splitlines()[-1]


@pytest.mark.parametrize("size", [(39, 24), (80, 9), (20, 5)])
async def test_a_tiny_terminal_gets_one_sentence(
    stage: Stage, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with stage(nine(tmp_path), size) as pilot:
        words = " ".join(text_of(pilot.app).split())
        assert words == "agentmux needs 40 columns and 10 rows."


async def test_no_color_sends_no_colour(stage: Stage, matches: Matches, tmp_path: Path) -> None:
    async with stage(nine(tmp_path), env={"NO_COLOR": "1"}) as pilot:
        matches(pilot, "no-color")


async def test_unicode_glyphs(stage: Stage, tmp_path: Path) -> None:
    async with stage(nine(tmp_path), (120, 36), glyphs="unicode") as pilot:
        assert "▶ 5 running" in text_of(pilot.app)
