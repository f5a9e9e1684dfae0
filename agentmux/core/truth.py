"""What all sources say of one session, merged by rank into one state.

`hear` keeps the newest claim of each source; `judge` says which one holds. A higher source is
believed (`facts.RANKS`); a lower one refines it (the command that is asked about, the limit's
end), overrides it as a visible blocker, or once the higher one has plainly fallen silent, and
lends the state back as soon as the higher one speaks. The clock is an argument, and `Verdict.due`
says when to judge again though nobody spoke. The rules and what they are for:
`docs/design/truth.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from agentmux.core import facts as f
from agentmux.core.facts import RANKS, Source
from agentmux.core.state import SessionState

S = SessionState

ABREAST = timedelta(seconds=0.5)
"""How long even a source that was silent before may take to tell what another one has told: the
agents' own tell of one moment up to 250 ms apart."""
WRITTEN = timedelta(seconds=0.3)
"""How long a hook may take to tell of an end that is written down already."""
BLOCKED_AFTER = timedelta(seconds=1)
"""A lower source's blocker holds once the higher one has said nothing for so long since: the
agents' own sources tell of one ask up to 250 ms apart."""
SILENT_AFTER = timedelta(seconds=2)
"""A higher source that let so much time pass over a contradiction has fallen silent."""
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9000, 1, 1, tzinfo=UTC)
NEAR = timedelta(seconds=3)
"""Facts of several sources so close together tell of one moment."""
KEY_BEFORE = timedelta(seconds=1.5)
"""An interruption so soon after Esc or Ctrl+C is the person's."""
TOLD_OF = frozenset({Source.EVENTS, Source.HOOK, Source.TRANSCRIPT})
"""Sources of which some leave an interruption out: after Esc in a dialog, or before any answer."""
UNSURE = frozenset({Source.SCREEN, Source.OUTPUT})
"""What is known from these alone is shown as uncertain."""

RESTING = frozenset({S.IDLE, S.DONE, S.FAILED, S.LIMITED})
_GROUP: dict[SessionState, str] = {
    S.WORKING: "working", S.ASKING: "asking", **dict.fromkeys(RESTING, "resting"),
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """The state of the session according to one source."""

    state: SessionState
    at: datetime
    """When it began."""
    last: datetime
    """When the source last said so."""
    why: str = ""
    kind: str | None = None
    """Of an ask, its kind; of a failure, its cause."""
    how_known: bool = True
    """False for work that is over in a way that the source cannot tell."""
    tool: str = ""
    """Of an ask, the tool it is about."""
    requests: tuple[str, ...] = ()
    """The asks that are open, from a source that says of each when it is over."""
    denied: bool = False
    """Whether the person turned down what was asked last, and nothing was done since."""


@dataclass(frozen=True)
class AskDetails:
    """What is known of the newest ask, from all sources."""

    at: datetime
    kind: str
    """Empty: nobody has told."""
    text: str = ""
    tool: str = ""
    call: str | None = None
    options: tuple[str, ...] = ()
    detail: str = ""
    request: str | None = None
    """Its own id, where the source names it."""
    told_by: tuple[str, ...] = ()
    """Sources that told of it."""


@dataclass(frozen=True)
class Truth:
    """Everything heard of one run that bears on its state."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    """Source → what it says now."""
    ask: AskDetails | None = None
    open: tuple[AskDetails, ...] = ()
    """The named asks that are not over, oldest first: that is the order agents show them in."""
    limited_at: datetime | None = None
    limited_until: datetime | None = None
    limited_text: str = ""
    errored_at: datetime | None = None
    errored_kind: str = ""
    errored_text: str = ""
    retrying_at: datetime | None = None
    retrying_text: str = ""
    retrying_by: str = ""
    """Source that told of it: its word that work goes on is a request that went through."""
    full: Mapping[str, datetime] = field(default_factory=dict)
    """Window of a limit that is used up → when it begins anew."""
    moved_at: datetime | None = None
    """When work last got on; a failed request of before that is not being retried any more."""
    done_at: datetime | None = None
    """When a turn was last heard to be done; its source may speak of the next one already."""
    background: tuple[str, ...] = ()
    """Tasks that go on behind the turn."""
    key_at: datetime | None = None
    """When Esc or Ctrl+C last went to the agent."""
    prompt_at: datetime | None = None
    prompt_by: str = "unknown"
    queued: int = 0
    """Prompts that wait inside the agent."""
    subagents: tuple[str, ...] = ()
    """Those that were started, by name; some agents name them by their conversation."""


@dataclass(frozen=True)
class Verdict:
    """The state that holds, and on whose word."""

    state: SessionState
    since: datetime
    source: Source
    said: datetime
    """When the source last said so."""
    certain: bool = True
    why: str = ""
    kind: str | None = None
    """Kind of the ask, cause of the failure."""
    sub: str | None = None
    """`retrying` while working, `background` while resting."""
    until: datetime | None = None
    """Of a limit: when it ends."""
    due: datetime | None = None
    """When to judge again at the latest, though nobody spoke."""


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


def _over(truth: Truth, before: Claim | None, fact: f.TurnEnded) -> Claim:
    """Nothing is under way any more: a key ended it, an ask was turned down, or nobody knows."""
    if before is None or before.state is S.UNKNOWN:
        return _new(S.IDLE, fact)
    if before.state in RESTING:
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


def judge(truth: Truth, now: datetime, ranks: Mapping[Source, int] = RANKS) -> Verdict | None:
    """What holds at `now`; None while no source has said anything of the state."""
    claims = sorted(
        (
            (Source(name), claim)
            for name, claim in truth.claims.items()
            if claim.state is not S.UNKNOWN
        ),
        key=lambda pair: -ranks.get(pair[0], 0),
    )
    if not claims:
        return None
    source, held = claims[0]
    overridden = False
    dues: list[datetime] = []
    for other, claim in claims[1:]:
        patience = _patience(held, claim)
        # An ask is a blocker for as long as it is seen, also from before the higher source spoke.
        shown = claim.last if claim.state is S.ASKING else claim.at
        if patience is None or shown <= held.last:
            continue
        if claim.at - held.last > SILENT_AFTER:
            patience = ABREAST
        if _leaves_ends_to(source, other, claim):
            patience = WRITTEN
        if (due := claim.at + patience) <= now:
            source, held, overridden = other, claim, True
        else:
            dues.append(due)
    return _refined(truth, now, source, held, overridden, min(dues, default=None))


def _patience(held: Claim, claim: Claim) -> timedelta | None:
    """How long a lower source's later claim waits for the higher one; None: it changes nothing."""
    if _GROUP.get(held.state) == _GROUP.get(claim.state):
        return None
    return BLOCKED_AFTER if claim.state is S.ASKING else SILENT_AFTER


def _leaves_ends_to(source: Source, other: Source, claim: Claim) -> bool:
    """Whether this is how `source` hears of an end: there are agents without a hook for an
    interruption, or for an error, and all write it down."""
    return (source, other) == (Source.HOOK, Source.TRANSCRIPT) and claim.state in RESTING


def _refined(
    truth: Truth,
    now: datetime,
    source: Source,
    held: Claim,
    overridden: bool,
    due: datetime | None,
) -> Verdict:
    is_blocker = held.state in (S.ASKING, S.LIMITED)
    certain = source not in UNSURE and not (overridden and not is_blocker)
    if source is Source.HOOK and held.state is S.ASKING and not overridden:
        certain = False  # hooks tell of an ask, and of its answer only when the tool has ended
    if source is Source.TRANSCRIPT and held.state is S.WORKING:
        certain = False  # the agent may wait for the person: no transcript tells of that
    if source in TOLD_OF and (doubt := _doubt(truth, held)) is not None:
        certain = certain and now < doubt
        due = min(due or doubt, doubt) if now < doubt else due
    plain = Verdict(held.state, held.at, source, held.last, certain, held.why, held.kind, due=due)
    match held.state:
        case S.ASKING:
            return _asking(truth, plain)
        case S.WORKING:
            retrying = truth.retrying_at is not None and truth.retrying_at >= held.at
            return replace(
                plain,
                sub="retrying" if retrying else None,
                why=truth.retrying_text if retrying else plain.why,
            )
        case _:
            return _resting(truth, now, plain)


def _doubt(truth: Truth, held: Claim) -> datetime | None:
    """When a source is in doubt that goes on as if Esc or Ctrl+C had not been pressed."""
    is_busy = held.state in (S.WORKING, S.ASKING)
    if not is_busy or truth.key_at is None or truth.key_at < held.last:
        return None
    return truth.key_at + ABREAST


def _asking(truth: Truth, plain: Verdict) -> Verdict:
    ask = truth.ask
    if ask is None or abs(ask.at - plain.since) > NEAR:
        return replace(plain, kind=plain.kind or "permission")
    said = ask.tool or ask.text
    return replace(plain, kind=plain.kind or ask.kind or "permission", why=said or plain.why)


def _resting(truth: Truth, now: datetime, plain: Verdict) -> Verdict:
    """A rest that a limit or an error explains is called by it."""
    sub = "background" if truth.background else None
    if plain.state is S.DONE and truth.claims[plain.source].how_known:
        return replace(plain, sub=sub)
    if plain.state is S.LIMITED or _is_of(truth, truth.limited_at, plain):
        return _limited(truth, now, replace(plain, sub=sub, kind=None))
    if _is_of(truth, truth.errored_at, plain) and plain.state in (S.IDLE, S.DONE, S.FAILED):
        return replace(
            plain,
            state=S.FAILED,
            kind=truth.errored_kind or plain.kind or None,
            why=truth.errored_text or plain.why,
            sub=sub,
        )
    if plain.state is S.DONE and is_cut(truth, plain.since):
        return replace(plain, state=S.IDLE, sub=sub)
    is_told = plain.state is not S.DONE or _is_told(truth, plain.since, S.DONE)
    return replace(plain, sub=sub, certain=plain.certain and is_told)


def _limited(truth: Truth, now: datetime, plain: Verdict) -> Verdict:
    """A rest that a limit explains; once that is over it is idle, from then on."""
    until = truth.limited_until
    if until is not None and until <= now:
        since = max(until, plain.since)
        return replace(plain, state=S.IDLE, since=since, why="the limit is over")
    dues = [one for one in (plain.due, until) if one]
    why = truth.limited_text or plain.why
    return replace(plain, state=S.LIMITED, why=why, until=until, due=min(dues, default=None))


def _is_of(truth: Truth, at: datetime | None, plain: Verdict) -> bool:
    """Whether what happened at `at` is what ended the work, and no prompt came in between."""
    if at is None or abs(at - plain.since) > NEAR:
        return False
    return truth.prompt_at is None or not at < truth.prompt_at <= plain.since


def is_cut(truth: Truth, at: datetime) -> bool:
    """Whether another source says that work, whose own cannot tell how it ended at `at`, was
    interrupted."""
    return _is_told(truth, at, S.IDLE)


def _is_told(truth: Truth, at: datetime, state: SessionState) -> bool:
    """Whether a source that can tell how work ends says that it ended at `at` in this way."""
    since = at - NEAR
    if truth.prompt_at is not None and truth.prompt_at <= at:
        since = max(since, truth.prompt_at)
    if state is S.DONE and truth.done_at is not None and since <= truth.done_at <= at + NEAR:
        return True
    near = (claim for claim in truth.claims.values() if since <= claim.at <= at + NEAR)
    return any(claim.state is state and claim.how_known for claim in near)


def is_interrupted_by_person(truth: Truth, at: datetime) -> bool:
    """Whether Esc or Ctrl+C went to the agent just before `at`."""
    return truth.key_at is not None and timedelta(0) <= at - truth.key_at <= KEY_BEFORE
