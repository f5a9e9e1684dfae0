"""What the screen's tests share: a staged app, and snapshots as plain text with style runs."""

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from agentmux.config import Config
from agentmux.ui.app import AgentmuxApp
from tests.support.pictures import nine
from tests.support.snapshot import picture_of
from tests.support.staged import StagedMux

SNAPSHOTS = Path(__file__).parent / "__snapshots__"
UPDATE = "AGENTMUX_UPDATE_SNAPSHOTS"
"""Set it to write the snapshots anew instead of comparing with them."""
WRITE = bool(os.environ.get(UPDATE))  # read now: each test clears the environment

Stage = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


class LendingDriver(HeadlessDriver):
    """A headless terminal that can be lent to another program."""

    @property
    def can_suspend(self) -> bool:
        return True

    def suspend_application_mode(self) -> None:
        """There is no terminal to give back."""

    def resume_application_mode(self) -> None:
        """There is no terminal to take."""


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the screen is local time."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def mux(tmp_path: Path) -> StagedMux:
    """An empty stage."""
    return StagedMux(tmp_path)


@pytest.fixture
def full(tmp_path: Path) -> StagedMux:
    """Nine sessions on the stage."""
    return nine(tmp_path)


@pytest.fixture
def stage() -> Stage:
    """Runs the app on a staged mux: `async with stage(mux, (80, 24), layout="wall") as pilot`."""

    @asynccontextmanager
    async def run(
        mux: StagedMux,
        size: tuple[int, int] = (80, 24),
        env: dict[str, str] | None = None,
        **settings: Any,
    ) -> AsyncIterator[Pilot[None]]:
        mux.config = Config(**settings)
        app = AgentmuxApp(mux, env or {}, LendingDriver)
        async with app.run_test(headless=False, size=size) as pilot:
            await pilot.pause()
            yield pilot

    return run


@pytest.fixture
def matches(request: pytest.FixtureRequest) -> Callable[[Pilot[None], str], None]:
    """Compares the screen with the snapshot of that name."""

    def check(pilot: Pilot[None], name: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        seen = picture_of(pilot.app)
        if WRITE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(seen, "utf-8")
        assert path.exists(), f"{path.name} is missing: set {UPDATE}=1 and look at it"
        assert seen == path.read_text("utf-8"), f"{name} changed; {UPDATE}=1 accepts it"

    return check
