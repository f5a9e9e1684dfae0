"""Who waits for the person: going there, answering, putting it off, and having looked."""

from __future__ import annotations

from functools import partial

from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.ui import labels
from agentmux.ui.screens.answer import Answer, Decision
from agentmux.ui.screens.prompt import Prompt
from agentmux.ui.screens.verbs import Verbs


class Attention(Verbs):
    """The keys of the ask queue."""

    looked_at: tuple[str, object] | None = None
    """The session and the rest of it that was told to have been looked at."""

    def select(self, session: str) -> None:
        """Make it the selected one."""
        raise NotImplementedError

    def action_wait(self, by: int) -> None:
        """To the one that waits longest; from there to the next, or back from the shortest."""
        waiting = [session.id for session in self.fleet.waiting(self._mux.now())]
        if not waiting:
            return
        if self.selected in waiting:
            self.select(waiting[(waiting.index(self.selected) + by) % len(waiting)])
        else:
            self.select(waiting[0 if by > 0 else -1])

    def action_wait_type(self) -> None:
        self.action_wait(1)
        self.begin_typing()

    def action_answer(self) -> None:
        """Open the sheet for the selected session if it asks, else for who waits longest."""
        waiting = self.fleet.waiting(self._mux.now())
        chosen = self.session
        if chosen is not None and chosen.ask is not None and chosen.is_live:
            self._open_sheet(chosen)
        elif waiting:
            self.select(waiting[0].id)
            self._open_sheet(waiting[0])

    def _open_sheet(self, session: Session) -> None:
        sheet = Answer(
            self.keymap, partial(self._asking, session.id), session.id, self._mux.request,
            self._mux.now,
        )  # fmt: skip
        self.app.push_screen(sheet, self._decided)

    def _asking(self, opened: str) -> list[Session]:
        """The ask queue, and the session whose sheet is open though it is snoozed."""
        waiting = list(self.fleet.waiting(self._mux.now()))
        session = self.fleet.sessions.get(opened)
        if session is not None and session.ask is not None and session not in waiting:
            waiting.insert(0, session)
        return waiting

    def _decided(self, decision: Decision | None) -> None:
        if decision is None:
            return
        session = self.fleet.sessions[decision.session]
        match decision.what:
            case "taken":
                self.say(f"{labels.name_of(session)} took: {decision.label}")
            case "open":
                self.select(session.id)
                self.begin_typing()
            case "snooze":
                self.ask("snooze", session)
            case "next":
                self.action_wait(1)
                self.action_answer()
            case "message":
                self._refuse_with(session)
            case "all":
                self._answer_all(session)

    def _refuse_with(self, session: Session) -> None:
        """No, and what to do instead."""

        def done(text: str | None) -> None:
            if text:
                number = session.ask.number if session.ask else None
                self.ask("answer", session, choice="no", message=text, ask=number)

        self.app.push_screen(Prompt(self.keymap, "no; instead"), done)

    def _answer_all(self, session: Session) -> None:
        """One yes for everybody who asks the same; each is sent, seen and recorded by itself."""
        ask = session.ask
        if ask is None:
            return
        asked = (session.agent, ask.kind, ask.tool, ask.text)
        for other in self.fleet.waiting(self._mux.now()):
            one = other.ask
            if one and (other.agent, one.kind, one.tool, one.text) == asked:
                self.ask("answer", other, choice="yes", ask=one.number)

    def action_snooze(self) -> None:
        session = self.session
        if session is not None and session.ask is not None:
            self.ask("snooze", session)
            self.say(f"{labels.name_of(session)} is out of the queue for 10 minutes")

    def tell_looked_at(self) -> None:
        """What the selected session has done is looked at: it is `done` no longer.

        Somebody is there who types into it, or has pressed a key since it was done.
        """
        session = self.session
        if session is None or session.state is not SessionState.DONE:
            return
        since = session.state_since or session.created
        if self.mode != "type" and (self.pressed_at is None or self.pressed_at < since):
            return
        rest = (session.id, session.state_since)
        if self.looked_at != rest:
            self.looked_at = rest
            self.ask("seen", session)
