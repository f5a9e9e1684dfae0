"""What the tests of the screen do and see: keys pressed, and the two lines at the bottom."""

from textual.pilot import Pilot

from tests.support.snapshot import text_of


def bottom(pilot: Pilot[None]) -> str:
    """The hint line."""
    return text_of(pilot.app).splitlines()[-1]


def alert(pilot: Pilot[None]) -> str:
    """The line above it."""
    return text_of(pilot.app).splitlines()[-2]


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()
