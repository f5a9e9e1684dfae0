"""What all sources say of one session, merged by rank into one state.

`core/hearing.py` keeps the newest claim of each source; `judge` says which one holds. A higher
source is believed (`facts.RANKS`); a lower one refines it (the command that is asked about, the
limit's end), overrides it as a visible blocker, or once the higher one has plainly fallen silent,
and lends the state back as soon as the higher one speaks. The clock is an argument, and
`Verdict.due` says when to judge again though nobody spoke. The rules and what they are for:
`docs/design/truth.md`.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from agentmux.core.facts import RANKS, Source
from agentmux.core.records import Records, frozen, replace
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


@frozen
class Claim(metaclass=Records):
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


@frozen
class AskDetails(metaclass=Records):
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


@frozen
class Truth(metaclass=Records):
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


@frozen
class Verdict(metaclass=Records):
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


def judge(truth: Truth, now: datetime, ranks: Mapping[Source, int] = RANKS) -> Verdict | None:
    """What holds at `now`; None while no source has said anything of the state."""
    claims = sorted(
        (
            (Source(name), claim)
            for name, claim in truth.claims.items()
            if claim.state is not S.UNKNOWN
        ),
        key=lambda pair: (ranks.get(pair[0], 0), pair[1].last),
        reverse=True,
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
