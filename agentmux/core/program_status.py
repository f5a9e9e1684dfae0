"""OSC 7501, the agents' own in-band status reports: `state=blocked:kind=permission:msg=…`.

A draft of two months (revision 0.4, October 2026): unknown keys are passed over, an unknown state
gives `Strange`. Text in it is the agent's and untrusted; it is cleaned when shown.
"""

import base64
import binascii
from datetime import datetime

from agentmux.core import facts as f

MESSAGE_LIMIT = 2048
"""Bytes of one decoded message; longer ones are cut."""
_KINDS: dict[str, f.AskKind] = {
    "permission": "permission",
    "question": "question",
    "plan": "plan",
    "auth": "login",
}


def parse_status(data: str, at: datetime) -> list[f.AnyFact]:
    """The facts of one report's body, `state=working:msg=…`; a child record gives none."""
    fields = dict(part.partition("=")[::2] for part in data.split(":") if "=" in part)
    # A question for the terminal, or a part of the agent such as a subagent: not its own state.
    if data == "?" or "id" in fields:
        return []
    said = _decoded(fields.get("msg", ""))
    match fields.get("state"):
        case "working":
            return [f.Working(at=at, activity=said)]
        case "blocked":
            kind = _KINDS.get(fields.get("kind", ""), "question")
            return [f.Asked(at=at, kind=kind, text=said)]
        case "done":
            return [f.TurnEnded(at=at, how="done", text=said)]
        case "error":
            return [f.Errored(at=at, text=said)]
        case "idle":
            return [f.Ready(at=at)]
        case "clear":
            return []
        case state:
            return [f.Strange(at=at, what=f"program status {state!r:.40}")]


def _decoded(text: str) -> str:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw[:MESSAGE_LIMIT].decode("utf-8", "replace")
