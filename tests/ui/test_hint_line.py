"""The right end of the bottom line: what the layout does not say by itself."""

import pytest

from tests.support.staged import StagedMux
from tests.ui.conftest import Stage
from tests.ui.looks import bottom


@pytest.mark.parametrize(
    ("layout", "end"),
    [("quad", "quad  4 of 9  220x60"), ("wall", "wall  220x60"), ("main", "main  220x60")],
)
async def test_a_page_of_tiles_says_how_many_there_are(
    stage: Stage, full: StagedMux, layout: str, end: str
) -> None:
    async with stage(full, (220, 60), layout=layout) as pilot:
        assert bottom(pilot).endswith(f"  {end}")
