"""The answer sheet: what a session asks, the agent's own options, what came before.

Nothing is sent but an option of the agent's own menu, chosen here, while the same question stands
on its screen; whether it was taken is seen, not hoped. Esc means not now, never no.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from agentmux.core.dialogs import Menu
from agentmux.core.events import Completed, Json
from agentmux.core.session import Ask, Deed, Session
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError
from agentmux.ui import labels
from agentmux.ui.keymap import Key, short
from agentmux.ui.screens.keyed import key_name, press

Request = Callable[..., Awaitable[Completed]]
WIDTH = 96
PROMISE = (
    "Sent only while the same question stands on its screen; seen to be taken.",
    "esc leaves it unanswered. It never means no.",
)
SENTENCES = {
    "permission": "asks for permission",
    "question": "has a question",
    "plan": "asks to approve its plan",
    "setup": "shows a page of its start",
    "login": "asks you to sign in",
}
DETAIL = 8
"""Lines of the diff or the tool's input that are shown."""


@dataclass(frozen=True)
class Decision:
    """What the person decided, once the sheet is closed."""

    what: str
    """`taken`, `open`, `snooze`, `next` or `message`."""
    session: str
    label: str = ""


class Answer(ModalScreen[Decision | None]):
    """None: not now."""

    CSS = """
    Answer { align: center middle; background: $role-background 60%; }
    Answer > Static { width: auto; max-width: 100%; height: auto; max-height: 100%;
        background: $role-panel; border: heavy $role-asking; padding: 0 2;
        border-title-color: $role-text; border-title-style: bold;
        border-subtitle-color: $role-dim; }
    """

    def __init__(
        self,
        keymap: Sequence[Key],
        waiting: Callable[[], Sequence[Session]],
        session: str,
        request: Request,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._keymap = keymap
        self._waiting = waiting
        self._request = request
        self._now = now
        self.session_id = session
        self.menu: Menu | None = None
        self.said = "reading its screen…"
        """What came of the last try, or why there is none."""
        self._busy = False

    @property
    def session(self) -> Session | None:
        """The one that asks; None once it asks no more."""
        return next((s for s in self._waiting() if s.id == self.session_id), None)

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_mount(self) -> None:
        self.run_worker(self._read())
        self.set_interval(1.0, self.refill)
        self.refill()

    async def _read(self) -> None:
        """Ask for the menu that stands there now."""
        try:
            done = await self._request("dialog", self.session_id)
        except AgentmuxError as error:
            self.said = f"{error.message} {error.hint or ''}".rstrip()
        else:
            self.menu = _menu(done.result)
            self.said = ""
        self.refill()

    def refill(self) -> None:
        """Draw it as things are now; an ask that is over needs no answer."""
        session = self.session
        if session is None or session.ask is None:
            if not self._busy:
                self.dismiss(None)
            return
        box = self.query_one(Static)
        waiting = [s.id for s in self._waiting()]
        at = f"{waiting.index(session.id) + 1} of {len(waiting)}" if len(waiting) > 1 else ""
        since = labels.age(max(0.0, (self._now() - session.ask.at).total_seconds()))
        who = f"{labels.slot_of(session)} {labels.name_of(session)}"
        what = SENTENCES.get(session.ask.kind, "waits for you")
        title = "  ".join(filter(None, (at, f"{who} {what}", f"waits {since}")))
        box.border_title = Content(f" {title} ")
        box.update(Content("\n").join(self._lines(session, session.ask)))

    def _lines(self, session: Session, ask: Ask) -> list[Content]:
        width = min(WIDTH, self.app.size.width - 6)
        lines = [Content(" " * width), *_question(session, ask, width)]
        if not ask.text and not ask.detail and self.menu is not None:
            shown = self.menu.question[-DETAIL:]
            lines += [Content.styled(_inset(line, width), "bold $role-text") for line in shown]
        lines += _before(session.recent, width)
        lines += [Content(""), Content.styled("answer", "bold $role-dim")]
        options = self.menu.options if self.menu else ()
        for number, option in enumerate(options, 1):
            text = labels.cut(clean(option, one_line=True), width - 3)
            lines.append(Content.assemble((f"{number}  ", "bold $role-asking"), text))
        if self.said:
            lines.append(Content.styled(labels.cut(self.said, width), "$role-text"))
        lines += [Content(""), self._keys(width), *self._same(session, ask, width), Content("")]
        lines += [Content.styled(labels.cut(line, width), "$role-faint") for line in PROMISE]
        return lines

    def _keys(self, width: int) -> Content:
        parts: list[Content] = []
        room = width
        for row in self._keymap:
            if row.where == "answer" and row.keys and row.hint:
                text = f"{short(row)}  {row.label}   "
                room -= len(text)
                if room < 0:
                    break
                parts.append(Content.assemble((short(row), "bold $role-asking"), "  ",
                                              (row.label + "   ", "$role-dim")))  # fmt: skip
        return Content("").join(parts)

    def _same(self, session: Session, ask: Ask, width: int) -> list[Content]:
        """Others that ask exactly the same."""
        others = self.same_asks()
        if not others or self.menu is None:
            return []
        names = ", ".join(f"{labels.slot_of(s)} {labels.name_of(s)}" for s in others)
        told = labels.cut(f"{names} asked the same.  B  gives all of them one answer", width)
        return [Content(""), Content.styled("same request", "bold $role-dim"),
                Content.styled(told, "$role-text")]  # fmt: skip

    def same_asks(self) -> list[Session]:
        """The other sessions whose agents ask the same, word for word."""
        session = self.session
        if session is None or session.ask is None or not (session.ask.tool or session.ask.text):
            return []
        asked = (session.agent, session.ask.kind, session.ask.tool, session.ask.text)
        return [
            s
            for s in self._waiting()
            if s.id != session.id
            and s.ask is not None
            and (s.agent, s.ask.kind, s.ask.tool, s.ask.text) == asked
        ]

    # --- keys

    async def on_key(self, event: events.Key) -> None:
        name = key_name(event)
        event.stop()
        if name.isdecimal() and name != "0":
            self.choose(name)
        else:
            await press(self, self._keymap, "answer", event)

    def choose(self, choice: str) -> None:
        """Take this option, a number or a word, once the menu is known."""
        if self.menu is not None and not self._busy:
            self._busy = True
            self.run_worker(self._answer(choice))

    async def _answer(self, choice: str) -> None:
        session = self.session
        if session is not None and session.ask is not None and self.menu is not None:
            given: dict[str, Json] = {
                "ask": session.ask.number,
                "fingerprint": self.menu.fingerprint,
            }
            await self._try(session, choice, given)
        self._busy = False
        if self.is_attached:
            self.refill()

    async def _try(self, session: Session, choice: str, given: dict[str, Json]) -> None:
        self.said = "waiting for it to be taken…"
        self.refill()
        try:
            done = await self._request("answer", session.id, choice=choice, **given)
        except AgentmuxError as error:
            self.said = error.message
        else:
            self.dismiss(Decision("taken", session.id, str(done.result.get("label", ""))))

    def action_word(self, word: str) -> None:
        """`yes` or `no`: the first of the agent's options that says so."""
        self.choose(word)

    def action_decide(self, what: str) -> None:
        """Leave the sheet for something else."""
        self.dismiss(Decision(what, self.session_id))

    def action_cancel(self) -> None:
        self.dismiss(None)


def _menu(result: object) -> Menu | None:
    if not isinstance(result, dict):
        return None
    options = result.get("options")
    marked, fingerprint = result.get("marked"), result.get("fingerprint")
    if not isinstance(options, list) or not isinstance(marked, int):
        return None
    question = result.get("question")
    lines = map(str, question) if isinstance(question, list) else ()
    return Menu(tuple(map(str, options)), marked - 1, str(fingerprint), tuple(lines))


def _question(session: Session, ask: Ask, width: int) -> list[Content]:
    """What it asks, word for word, and where."""
    said = [("tool", ask.tool), ("for" if ask.tool else "asks", ask.text)]
    rows = [*(row for row in said if row[1]), ("in", session.worktree)]
    lines = []
    for head, text in rows:
        told = labels.cut(clean(text, one_line=True), width - 8)
        lines.append(Content.assemble((f"{head:<8}", "$role-dim"), (told, "bold $role-text")))
    detail = [clean(line, one_line=True) for line in ask.detail.splitlines()]
    shown = [line for line in detail if line.strip() and line.strip() != ask.text.strip()][:DETAIL]
    lines += [Content.styled(_inset(line, width), "$role-text") for line in shown]
    if not ask.certain:
        lines.append(Content.styled("        seen on its screen only", "$role-faint"))
    return lines


def _inset(line: str, width: int) -> str:
    """A line under the texts of the rows above, cleaned and cut."""
    return labels.cut(f"        {clean(line, one_line=True)}", width)


def _before(recent: Sequence[Deed], width: int) -> list[Content]:
    """What it did last, the newest first."""
    if not recent:
        return []
    lines = [Content(""), Content.styled("before this", "bold $role-dim")]
    for deed in reversed(recent):
        when = labels.clock(deed.at)
        what = labels.fit(clean(deed.what, one_line=True), 12)
        text = labels.cut(clean(deed.text, one_line=True), max(0, width - 20))
        lines.append(Content.assemble((f"{when}  {what}  ", "$role-dim"), (text, "$role-text")))
    return lines
