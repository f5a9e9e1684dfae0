"""The steps of a guided tour, and how far the person has come; the demo supplies the steps.

A step is ticked by doing what it says, in any order: its condition looks at the picture the screen
is drawn from, so keys, clicks and the palette count alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentmux.ui.view import View

_KEY = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True)
class Step:
    """One thing to do."""

    id: str
    """One short word; it stands in the bar, ticked or not."""
    words: str
    """What to do; `{new}` stands for the first key of that row of the key table."""
    is_done: Callable[[View], bool]


@dataclass(frozen=True)
class Tour:
    """A fleet that is shown, not used: how it is labelled, what a new session is, what to try."""

    steps: tuple[Step, ...]
    label: str
    """The word that says everywhere that nothing here is real."""
    profile: str
    """What the dialog of a new session offers in place of the agents of this machine."""
    done: frozenset[str] = frozenset()
    """Ids of the steps that are ticked."""
    is_shown: bool = True
    """False once the person has ended it; the label stays."""

    @property
    def current(self) -> Step | None:
        """The first step that is still to do; None when all are done."""
        return next((step for step in self.steps if step.id not in self.done), None)


def advance(tour: Tour, view: View) -> Tour:
    """The tour with each step ticked that `view` shows to be done."""
    done = {step.id for step in tour.steps if step.is_done(view)}
    return tour if done <= tour.done else replace(tour, done=tour.done | done)


def instruction(step: Step, view: View) -> str:
    """The step's words with the keys in force."""
    keys = {row.id: row.keys[0] for row in view.keymap if row.keys}
    return _KEY.sub(lambda found: keys.get(found[1], "the palette"), step.words)
