"""Textual messages that cross widgets; none of them leaves `ui/`."""

from textual.message import Message

from agentmux.core.fleet import Fleet


class FleetChanged(Message):
    """The newest picture of everything; it may replace one that nobody has looked at yet."""

    def __init__(self, fleet: Fleet) -> None:
        super().__init__()
        self.fleet = fleet

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, FleetChanged)


class SessionChosen(Message):
    """The person clicked on a session; `twice` means: type into it."""

    def __init__(self, session: str, twice: bool) -> None:
        super().__init__()
        self.session = session
        self.twice = twice
