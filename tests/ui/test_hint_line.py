"""The bottom line: which keys go first where room is short, and what stands at its right end."""

import pytest

from tests.support.staged import StagedMux
from tests.ui.conftest import Stage
from tests.ui.looks import bottom, press


@pytest.mark.parametrize(
    ("layout", "end"),
    [("quad", "quad  4 of 9  220x60"), ("wall", "wall  220x60"), ("main", "main  220x60")],
)
async def test_a_page_of_tiles_says_how_many_there_are(
    stage: Stage, full: StagedMux, layout: str, end: str
) -> None:
    async with stage(full, (220, 60), layout=layout) as pilot:
        assert bottom(pilot).endswith(f"  {end}")


async def test_no_key_of_lower_rank_takes_the_place_of_one_that_is_too_long(
    stage: Stage, full: StagedMux
) -> None:
    ranked = ["space peek", "q leave", "[ scroll", "t shell", "e editor", "x stop", "X remove"]
    async with stage(full, (220, 36), layout="focus") as pilot:
        for width in range(80, 180, 6):
            await pilot.resize_terminal(width, 36)
            await pilot.pause()
            shown = [word for word in ranked if word in bottom(pilot)]
            assert shown == ranked[: len(shown)]
        assert "x stop" in shown


async def test_a_prompt_names_its_keys_where_there_is_room(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "r")
        assert bottom(pilot).endswith("enter done · esc back")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert bottom(pilot) == " new name  csv-import"
