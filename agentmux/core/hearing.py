"""What one more fact does to the truth: the newest claim of its source, and what refines a state.

Facts of one source come in order, those of several do not. Nothing is decided here; `judge` in
`core/truth.py` does that.
"""

from datetime import UTC, datetime

from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.records import replace
from agentmux.core.state import SessionState
from agentmux.core.truth import NEAR, RESTING, AskDetails, Claim, Truth, is_interrupted_by_person

S = SessionState
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9000, 1, 1, tzinfo=UTC)


def hear(truth: Truth, source: Source, fact: f.AnyFact) -> Truth:
    """The truth after one more fact; facts of one source come in order.

    One with a time that cannot be is not heard: it would stand before or behind all others.
    """
    if not FIRST <= fact.at <= LAST:
        return truth
    if fact.conversation in truth.subagents and not isinstance(fact, f.Asked | f.Answered):
        return truth  # whatever a subagent does, only what it asks the person is the session's
    if isinstance(fact, f.Asked) and (again := _asks_still(truth.claims.get(source), fact)):
        return replace(truth, claims={**truth.claims, source: again})
    if isinstance(fact, f.Asked) and _is_next(truth.ask, source, fact):
        truth = replace(truth, ask=None)
    truth = _by_source(_noted(truth, fact), source, fact)
    before = truth.claims.get(source)
    claim = _claim(before, source, fact)
    if isinstance(fact, f.TurnEnded) and fact.how == "unknown":
        claim = _over(truth, before, fact)
    if claim is None:
        return truth
    return replace(truth, claims={**truth.claims, source: claim})


def _asks_still(before: Claim | None, fact: f.Asked) -> Claim | None:
    """The claim of a source that only says again that it asks: a title that blinks, a page read
    twice; None: it says more."""
    if before is None or before.state is not S.ASKING or fact.kind != before.kind:
        return None
    is_all = fact.text in ("", before.why) and not (fact.tool or fact.call or fact.only_told)
    return replace(before, last=fact.at) if is_all else None


def _is_next(ask: AskDetails | None, source: Source, fact: f.Asked) -> bool:
    """Whether it is another ask than the newest one, of which this source has told in other words:
    what two are about must not be mixed, however soon they follow each other."""
    if ask is None or source not in ask.told_by or fact.only_told or fact.request is not None:
        return False
    return bool(fact.text and ask.text) and fact.text not in ask.text and ask.text not in fact.text


def _by_source(truth: Truth, source: Source, fact: f.AnyFact) -> Truth:
    """What it changes that this source said it."""
    match fact:
        case f.Retrying():
            return replace(truth, retrying_by=source)
        case f.Asked() if truth.ask is not None and source not in truth.ask.told_by:
            told_by = (*truth.ask.told_by, source)
            return replace(truth, ask=replace(truth.ask, told_by=told_by))
        case f.Working() if source == truth.retrying_by:
            return replace(truth, retrying_at=None, retrying_text="")
        case _:
            return truth


def _claim(before: Claim | None, source: Source, fact: f.AnyFact) -> Claim | None:
    """What the source says from now on; None when this fact changes nothing of that."""
    state = before.state if before else None
    if before is not None and before.requests and (open_ := _still_open(before, fact)):
        return open_
    match fact:
        case f.Ready() if before is not None and state in RESTING:
            # A source that said how the turn ended does not take it back by being ready.
            return replace(before, last=fact.at)
        case f.Ready():
            return _new(S.IDLE, fact)
        case f.Working():
            return _going_on(before, fact, fact.activity)
        case f.PromptSubmitted() if state is S.ASKING and fact.by == "person":
            return _new(S.WORKING, fact, fact.text)  # no dialog is open where a prompt is typed
        case f.PromptSubmitted() if state not in (S.WORKING, S.ASKING):
            return _new(S.WORKING, fact, fact.text)
        case f.PromptSubmitted() if before is not None and state is S.WORKING:
            return replace(before, last=fact.at)
        case f.ToolStarted() | f.ToolEnded() if _is_beside(before, fact):
            return None
        case f.ToolStarted() if fact.agent is None:
            return _going_on(before, fact, fact.tool)
        case f.ToolEnded() if fact.agent is None and state is S.ASKING:
            return _new(S.WORKING, fact)
        case f.Retrying():
            return _going_on(before, fact, fact.text)
        case f.Asked() if not fact.only_told:
            asking = _new(S.ASKING, fact, fact.text, fact.kind, fact.tool)
            return replace(asking, requests=(fact.request,)) if fact.request else asking
        case f.Answered() if state is S.ASKING:
            # The screen sees a page go and not what comes after it: it has no more to say.
            over = _new(S.UNKNOWN if source is Source.SCREEN else S.WORKING, fact)
            return replace(over, denied=fact.decision == "denied")
        case f.Limited():
            return _new(S.LIMITED, fact, fact.text)
        case f.Errored():
            return _new(S.FAILED, fact, fact.text, fact.kind or None)
        case f.TurnEnded():
            return _new(S.DONE if fact.how == "done" else S.IDLE, fact, fact.text)
        case _:
            return None


def _still_open(before: Claim, fact: f.AnyFact) -> Claim | None:
    """The claim of a source whose asks are not all over with this fact; None: they are, or it
    tells of another one."""
    match fact:
        case f.Answered() if fact.request is not None:
            left = tuple(one for one in before.requests if one != fact.request)
            if not left or left[0] == before.requests[0]:
                return replace(before, last=fact.at, requests=left) if left else None
            return Claim(S.ASKING, fact.at, fact.at, requests=left)
        case f.Asked() if fact.request is not None:
            names = dict.fromkeys((*before.requests, fact.request))
            return replace(before, last=fact.at, requests=tuple(names))
        case f.Working() | f.ToolStarted() | f.ToolEnded() | f.Retrying():
            return replace(before, last=fact.at)
        case _:
            return None


def _new(
    state: SessionState, fact: f.Fact, why: str = "", kind: str | None = None, tool: str = ""
) -> Claim:
    return Claim(state, fact.at, fact.at, why, kind, tool=tool)


def _is_beside(before: Claim | None, fact: f.ToolStarted | f.ToolEnded) -> bool:
    """Whether the call goes on beside the one that is asked about: agents make several at once."""
    if before is None or before.state is not S.ASKING:
        return False
    if isinstance(fact, f.ToolStarted):
        return fact.at - before.at < NEAR
    return bool(fact.tool and before.tool) and fact.tool != before.tool


def _going_on(before: Claim | None, fact: f.Fact, why: str) -> Claim:
    """Work that went on already began when it began."""
    since = before.at if before is not None and before.state is S.WORKING else fact.at
    return Claim(S.WORKING, since, fact.at, why)


def _is_worked_since(truth: Truth, rest: Claim) -> bool:
    """Whether another source told of work since: one that only sees rests has missed it."""
    return any(c.state is S.WORKING and c.last > rest.last for c in truth.claims.values())


def _over(truth: Truth, before: Claim | None, fact: f.TurnEnded) -> Claim:
    """Nothing is under way any more: a key ended it, an ask was turned down, or nobody knows."""
    if before is None or before.state is S.UNKNOWN:
        return _new(S.IDLE, fact)
    if before.state in RESTING and not _is_worked_since(truth, before):
        return replace(before, last=fact.at)
    if before.state is S.ASKING or before.denied or is_interrupted_by_person(truth, fact.at):
        return _new(S.IDLE, fact, fact.text)
    return replace(_new(S.DONE, fact, fact.text), how_known=False)


def _noted(truth: Truth, fact: f.AnyFact) -> Truth:
    """What refines a state, whoever told it."""
    match fact:
        case f.Asked() if truth.open and fact.request is not None:
            known = {one.request for one in truth.open}
            more = () if fact.request in known else (_details(fact),)
            return replace(truth, open=(*truth.open, *more))
        case f.Asked():
            ask = _merged(truth.ask, fact)
            return replace(truth, ask=ask, open=(ask,) if fact.request else ())
        case f.Answered() if truth.open and fact.request is not None:
            left = tuple(one for one in truth.open if one.request != fact.request)
            if not left or left[0] is truth.open[0]:
                return replace(truth, open=left)
            return replace(truth, open=left, ask=replace(left[0], at=fact.at))
        case f.Answered() | f.TurnEnded() | f.Errored() | f.Limited() if truth.open:
            return _noted(replace(truth, open=()), fact)
        case f.Limited():
            return replace(
                truth,
                limited_at=fact.at,
                limited_until=fact.until or _same_limit(truth, fact.at) or _anew(truth, fact.at),
                limited_text=fact.text,
            )
        case f.Quota():
            kept = {w: until for w, until in truth.full.items() if w != fact.window}
            if fact.used_pct >= 100 and fact.resets is not None:
                kept[fact.window] = fact.resets
            return replace(truth, full=kept)
        case f.Errored():
            kind = fact.kind or _still(truth.errored_kind, truth.errored_at, fact.at)
            text = fact.text or _still(truth.errored_text, truth.errored_at, fact.at)
            return replace(truth, errored_at=fact.at, errored_kind=kind, errored_text=text)
        case f.Retrying() if truth.moved_at is None or fact.at > truth.moved_at:
            return replace(truth, retrying_at=fact.at, retrying_text=fact.text)
        case f.Usage() | f.ToolStarted() | f.TurnEnded():
            moved = max(fact.at, truth.moved_at or fact.at)
            changed = replace(truth, retrying_at=None, retrying_text="", moved_at=moved)
            return _ended(changed, fact) if isinstance(fact, f.TurnEnded) else changed
        case f.Background():
            return replace(truth, background=fact.tasks)
        case f.SubagentStarted() if fact.agent not in truth.subagents:
            return replace(truth, subagents=(*truth.subagents, fact.agent))
        case f.KeyPressed():
            return replace(truth, key_at=fact.at)
        case f.PromptSubmitted():
            return _prompted(truth, fact)
        case _:
            return truth


def _same_limit(truth: Truth, at: datetime) -> datetime | None:
    """When a limit ends that another source has told of just before."""
    is_same = truth.limited_at is not None and at - truth.limited_at <= NEAR
    return truth.limited_until if is_same else None


def _anew(truth: Truth, at: datetime) -> datetime | None:
    """When the last of the windows that are used up begins anew."""
    return max((until for until in truth.full.values() if until > at), default=None)


def _ended(truth: Truth, fact: f.TurnEnded) -> Truth:
    """Last words tell that a turn is done, unless a key had cut them off."""
    said = fact.how == "unknown" and fact.text and not is_interrupted_by_person(truth, fact.at)
    done_at = fact.at if said or fact.how == "done" else truth.done_at
    return replace(truth, queued=max(0, truth.queued - 1), done_at=done_at)


def _still(text: str, at: datetime | None, now: datetime) -> str:
    return text if at is not None and now - at < NEAR else ""


def _prompted(truth: Truth, fact: f.PromptSubmitted) -> Truth:
    """A prompt while the agent works waits inside it; otherwise it begins a turn."""
    newest = max(truth.claims.values(), key=lambda claim: claim.last, default=None)
    works = newest is not None and newest.state is S.WORKING and newest.at < fact.at - NEAR
    if works and fact.by == "person":
        return replace(truth, queued=truth.queued + 1)
    if truth.prompt_at is not None and fact.at < truth.prompt_at:  # read late
        return truth
    return replace(truth, prompt_at=fact.at, prompt_by=fact.by)


def _merged(before: AskDetails | None, fact: f.Asked) -> AskDetails:
    """One ask as several sources tell it; a later one is another ask."""
    kind = fact.kind or ""
    if before is None or fact.at - before.at > NEAR:
        return _details(fact)
    if before.at - fact.at > NEAR:  # read late
        return before
    if before.kind and kind and before.kind != kind:
        return _details(fact)
    if before.request and fact.request and before.request != fact.request:
        return _details(fact)
    return AskDetails(
        min(before.at, fact.at),
        before.kind or kind,
        max(before.text, fact.text, key=len),
        before.tool or fact.tool,
        before.call or fact.call,
        before.options or fact.options,
        before.detail or fact.detail,
        before.request or fact.request,
        before.told_by,
    )


def _details(fact: f.Asked) -> AskDetails:
    return AskDetails(
        fact.at,
        fact.kind or "",
        fact.text,
        fact.tool,
        fact.call,
        fact.options,
        fact.detail,
        fact.request,
    )
