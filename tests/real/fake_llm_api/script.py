"""The script in a prompt: what the model will do, response by response.

    Tidy up [[read a.txt ;; edit a.txt old => new ++ run ls ;; say Done]]

`;;` separates model responses, `++` joins items of one response, `\\n` is a newline.

    say TEXT                 text; a response without a tool call ends the turn
    read PATH                the agent's own tools for files, relative to its directory
    write PATH TEXT
    edit PATH OLD => NEW
    run COMMAND              its shell tool
    escalate COMMAND         the same, asking to leave the agent's sandbox
    gate NAME                hold this response until the test opens NAME
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_DIRECTIVE = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
_CALL_ID = re.compile(r"script-([0-9a-f]{8})-(\d+)-")
_TOOLS = {"read", "write", "edit", "run", "escalate"}


@dataclass(frozen=True)
class Item:
    """One verb with what stands behind it."""

    verb: str
    rest: str


@dataclass(frozen=True)
class Response:
    """One answer of the model."""

    calls: tuple[Item, ...] = ()
    text: str = ""
    gate: str | None = None


@dataclass(frozen=True)
class Script:
    """All answers to one prompt."""

    key: str
    responses: tuple[Response, ...]


@dataclass
class Conversation:
    """What a request tells, whichever API it came by."""

    model: str
    has_tools: bool = False
    schema: dict[str, object] | None = None
    """The JSON that is wanted for an answer: a title, a summary, a suggestion."""
    user_texts: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    """The user texts since the model's last answer and its tool results."""
    results: list[str] = field(default_factory=list)
    """Ids of the tool results that end the conversation."""

    @property
    def is_turn(self) -> bool:
        """Whether the agent is at work, and not asking something beside the conversation."""
        return self.has_tools and self.schema is None


@dataclass(frozen=True)
class Step:
    """The response that is due, and the beginning of the ids of its tool calls."""

    response: Response
    prefix: str


def parse_script(source: str) -> Script | None:
    """The script, or None where a verb is unknown: text in brackets is no script yet."""
    responses = [_response(part) for part in source.split(";;")]
    known = [response for response in responses if response is not None]
    if len(known) < len(responses):
        return None
    return Script(hashlib.sha256(source.encode()).hexdigest()[:8], tuple(known))


def _response(text: str) -> Response | None:
    calls: list[Item] = []
    said: list[str] = []
    gate = None
    for piece in text.split("++"):
        verb, _, rest = piece.strip().partition(" ")
        rest = rest.strip().replace("\\n", "\n")
        if verb in _TOOLS:
            calls.append(Item(verb, rest))
        elif verb == "say":
            said.append(rest)
        elif verb == "gate":
            gate = rest
        else:
            return None
    return Response(tuple(calls), "\n".join(said), gate)


def find_script(texts: Iterable[str], key: str | None = None) -> Script | None:
    """The newest script in `texts`, or the one of that key."""
    sources = [found for text in texts for found in _DIRECTIVE.findall(text)]
    scripts = [script for script in map(parse_script, reversed(sources)) if script]
    return next((script for script in scripts if key in (None, script.key)), None)


def next_step(talk: Conversation) -> Step:
    """What the model answers now; `Done.` where no script says."""
    script, index = find_script(talk.fresh), 0
    pending = [found for found in map(_CALL_ID.search, talk.results) if found]
    if script is None and pending:
        script = find_script(talk.user_texts, pending[-1].group(1))
        index = int(pending[-1].group(2)) + 1
    if script is None or index >= len(script.responses):
        return Step(Response(text="Done."), "script-none-0-")
    return Step(script.responses[index], f"script-{script.key}-{index}-")


def split_change(rest: str) -> tuple[str, str, str]:
    """Path, old and new text of an `edit`."""
    path, _, change = rest.partition(" ")
    old, _, new = change.partition("=>")
    return path, old.strip(), new.strip()
