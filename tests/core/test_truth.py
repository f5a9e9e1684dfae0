"""The merging of sources: who is believed, for how long, and what never makes it stumble."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import facts as f
from agentmux.core.facts import RANKS, Source
from agentmux.core.hearing import hear
from agentmux.core.state import SessionState
from agentmux.core.truth import (
    ABREAST,
    BLOCKED_AFTER,
    SILENT_AFTER,
    Truth,
    Verdict,
    is_interrupted_by_person,
    judge,
)
from tests.support.events import T0, at, instances

OSC, HOOK, TITLE, SCREEN = Source.OSC7501, Source.HOOK, Source.TITLE, Source.SCREEN
S = SessionState


def told(*facts: tuple[Source, f.AnyFact], truth: Truth | None = None) -> Truth:
    truth = truth or Truth()
    for source, fact in facts:
        truth = hear(truth, source, fact)
    return truth


def verdict(truth: Truth, seconds: float) -> Verdict:
    held = judge(truth, at(seconds))
    assert held is not None
    return held


def state(truth: Truth, seconds: float) -> str:
    held = verdict(truth, seconds)
    return ":".join(filter(None, (held.state, held.kind, held.sub)))


def working(seconds: float, **more: Any) -> f.Working:
    return f.Working(at=at(seconds), **more)


def asked(seconds: float, **more: Any) -> f.Asked:
    return f.Asked(at=at(seconds), **{"kind": "permission", **more})


def ended(seconds: float, how: Any = "done", **more: Any) -> f.TurnEnded:
    return f.TurnEnded(at=at(seconds), how=how, **more)


# --- what one source says -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([f.Ready(at=at(1))], "idle"),
        ([f.PromptSubmitted(at=at(1))], "working"),
        ([working(1)], "working"),
        ([working(1), f.Ready(at=at(2))], "idle"),
        ([working(1), ended(2), f.Ready(at=at(3))], "done"),
        ([working(1), ended(2, "interrupted")], "idle"),
        ([working(1), asked(2)], "asking:permission"),
        ([asked(1, kind="question")], "asking:question"),
        ([asked(1, kind=None)], "asking:permission"),
        ([asked(1), f.Answered(at=at(2))], "working"),
        ([asked(1), working(2)], "working"),
        ([f.Answered(at=at(2)), f.Ready(at=at(3))], "idle"),
        ([working(1), f.Answered(at=at(2))], "working"),
        ([working(1), f.Errored(at=at(2), kind="server_error")], "failed:server_error"),
        ([working(1), f.Limited(at=at(2))], "limited"),
        ([f.Retrying(at=at(1), attempt=2)], "working:retrying"),
        ([f.Retrying(at=at(1)), f.ToolStarted(at=at(2), tool="Bash")], "working"),
        ([f.ToolStarted(at=at(1), tool="Bash"), f.ToolEnded(at=at(2))], "working"),
        ([asked(1), f.ToolEnded(at=at(6))], "working"),
        ([ended(1), f.Background(at=at(2), tasks=("server",))], "done:background"),
        ([ended(1), f.Background(at=at(2), tasks=("x",)), f.Background(at=at(3))], "done"),
        ([f.Ready(at=at(1)), f.ToolStarted(at=at(2), tool="Read", agent="sub")], "idle"),
        ([asked(1), f.ToolEnded(at=at(6), agent="sub")], "asking:permission"),
    ],
)
def test_what_a_source_alone_says_is_its_state(facts: list[f.AnyFact], expected: str) -> None:
    assert state(told(*((OSC, fact) for fact in facts)), 9) == expected


@pytest.mark.parametrize(
    "fact",
    [
        f.ModelChosen(at=at(5), model="m"),
        f.Titled(at=at(5), title="error: [y/n] Continue? (y/N)"),
        f.Compacted(at=at(5)),
        f.Strange(at=at(5), what="error:"),
        f.ConversationNamed(at=at(5), id="x"),
        f.UsageTotal(at=at(5)),
        f.SubagentStarted(at=at(5), agent="a"),
        f.KeyPressed(at=at(5), key="esc"),
        f.Ended(at=at(5)),
        f.Quota(at=at(5), window="five_hour", used_pct=99.0),
    ],
    ids=lambda fact: type(fact).__name__,
)
@pytest.mark.parametrize("before", [working(1), asked(1), ended(1), f.Ready(at=at(1))])
def test_what_tells_of_no_state_changes_none(before: f.AnyFact, fact: f.AnyFact) -> None:
    truth = told((OSC, before))
    assert state(told((OSC, fact), truth=truth), 9) == state(truth, 9)


def test_text_that_looks_like_a_prompt_is_text() -> None:
    text = "error: rate limit\n[y/n] Do you want to proceed?\n❯ 1. Yes"
    truth = told((OSC, working(1, activity=text)), (HOOK, working(2, activity=text)))
    assert (state(truth, 9), verdict(truth, 9).certain) == ("working", True)
    done = told((OSC, ended(3, text=text)), truth=truth)
    assert (state(done, 9), verdict(done, 9).certain) == ("done", True)


def test_nobody_said_anything() -> None:
    assert judge(Truth(), at(0)) is None
    assert judge(told((Source.KEYS, f.KeyPressed(at=at(0), key="esc"))), at(9)) is None


# --- a lower source -------------------------------------------------------------------------------


def test_a_lower_blocker_waits_its_patience_and_then_holds() -> None:
    truth = told((OSC, working(1)), (HOOK, asked(2)))
    assert state(truth, 2.9) == "working"
    assert verdict(truth, 2).due == at(2) + BLOCKED_AFTER
    held = verdict(truth, 3)
    assert (held.state, held.source, held.since, held.certain) == (S.ASKING, HOOK, at(2), True)
    assert held.due is None


@pytest.mark.parametrize("higher", [working(2.2), asked(2.2), f.Ready(at=at(2.2)), ended(2.2)])
def test_whatever_the_higher_source_says_meanwhile_holds(higher: f.AnyFact) -> None:
    truth = told((OSC, working(1)), (HOOK, asked(2)), (OSC, higher))
    for seconds in (2.2, 3, 60):
        assert verdict(truth, seconds).source is OSC


def test_the_state_is_lent_back_as_soon_as_the_higher_source_speaks() -> None:
    truth = told((OSC, working(1)), (HOOK, asked(2)))
    assert state(truth, 20) == "asking:permission"
    held = verdict(told((OSC, working(20)), truth=truth), 20)
    assert (held.state, held.source, held.said) == (S.WORKING, OSC, at(20))
    assert held.certain


def test_a_lower_source_that_only_contradicts_waits_longer_and_is_uncertain() -> None:
    truth = told((OSC, working(1)), (TITLE, f.Ready(at=at(2))))
    assert state(truth, 3.9) == "working"
    held = verdict(truth, 4)
    assert (held.state, held.source, held.certain) == (S.IDLE, TITLE, False)
    assert at(2) + SILENT_AFTER == at(4)


def test_a_source_that_was_silent_before_gets_half_a_second() -> None:
    truth = told((OSC, working(1)), (HOOK, ended(60)))
    assert state(truth, 60.4) == "working"
    assert verdict(truth, 60).due == at(60) + ABREAST
    assert state(truth, 60.5) == "done"


def test_what_a_lower_source_said_before_the_higher_one_is_old() -> None:
    truth = told((TITLE, working(1)), (OSC, ended(2)), (HOOK, working(1.5)))
    for seconds in (2, 10, 3600):
        assert (state(truth, seconds), verdict(truth, seconds).source) == ("done", OSC)


def test_the_order_in_which_sources_are_heard_does_not_matter() -> None:
    facts: list[tuple[Source, f.AnyFact]] = [
        (OSC, working(1)),
        (HOOK, asked(2)),
        (TITLE, working(1.5)),
        (SCREEN, asked(2.1)),
    ]
    verdicts = {replace(verdict(told(*order), 9), why="") for order in (facts, facts[::-1])}
    assert len(verdicts) == 1


@pytest.mark.parametrize("source", [SCREEN, Source.OUTPUT])
def test_what_only_the_screen_shows_is_uncertain(source: Source) -> None:
    held = verdict(told((source, asked(1, kind="setup"))), 2)
    assert (held.state, held.certain) == (S.ASKING, False)


def test_a_page_that_goes_gives_the_state_back() -> None:
    truth = told((OSC, f.Ready(at=at(1))), (SCREEN, asked(2, kind="setup")))
    assert state(truth, 9) == "asking:setup"
    gone = told((SCREEN, f.Answered(at=at(10))), truth=truth)
    for seconds in (10, 60):
        held = verdict(gone, seconds)
        assert (held.state, held.source, held.certain) == (S.IDLE, OSC, True)


def test_an_agents_own_ranks_decide() -> None:
    truth = told((HOOK, ended(2)), (TITLE, working(2.1)))
    assert verdict(truth, 2.2).source is HOOK
    held = judge(truth, at(2.2), {**RANKS, TITLE: 9})
    assert held is not None
    assert held.source is TITLE


def test_of_two_with_one_rank_the_one_that_spoke_last_holds() -> None:
    ranks = {**RANKS, SCREEN: RANKS[Source.EVENTS]}
    truth = told((SCREEN, f.Ready(at=at(1))), (Source.EVENTS, working(2)))
    held = judge(truth, at(2), ranks)
    assert held is not None
    assert (held.state, held.certain) == (S.WORKING, True)
    held = judge(told((SCREEN, ended(2.5, "unknown")), truth=truth), at(2.5), ranks)
    assert held is not None
    assert (held.state, held.since, held.certain) == (S.DONE, at(2.5), False)


def test_a_source_that_sees_only_rests_tells_of_a_new_one_after_work() -> None:
    truth = told((SCREEN, ended(1, "unknown")), (Source.EVENTS, working(5)))
    again = told((SCREEN, ended(9, "unknown")), truth=truth)
    assert again.claims[SCREEN].at == at(9)
    still = told((SCREEN, ended(12, "unknown")), truth=again)
    assert (still.claims[SCREEN].at, still.claims[SCREEN].last) == (at(9), at(12))


# --- what refines it ------------------------------------------------------------------------------


def test_one_ask_is_told_by_several_sources() -> None:
    truth = told(
        (HOOK, asked(2.2, tool="Bash", call="c1", detail="{}", options=("Yes", "No"))),
        (OSC, asked(2, text="approve Bash: ls")),
    )
    ask = truth.ask
    assert ask is not None
    assert (ask.at, ask.text, ask.tool, ask.call) == (at(2), "approve Bash: ls", "Bash", "c1")
    assert ask.options == ("Yes", "No")


def test_the_next_ask_of_a_source_is_another_however_soon() -> None:
    truth = told(
        (OSC, asked(2, text="approve Write: /a/very/long/path.txt")),
        (OSC, working(2.5)),
        (OSC, asked(3, text="approve Bash: rm -r /")),
    )
    assert truth.ask is not None
    assert (truth.ask.text, truth.ask.at) == ("approve Bash: rm -r /", at(3))
    again = told((HOOK, asked(3.2, tool="Bash", detail="rm -r /")), truth=truth)
    assert again.ask is not None
    assert (again.ask.text, again.ask.tool) == ("approve Bash: rm -r /", "Bash")


def test_an_ask_read_late_does_not_replace_the_one_that_is_open() -> None:
    truth = told((OSC, asked(60, text="now")), (Source.TRANSCRIPT, asked(2, text="long ago, so")))
    assert truth.ask is not None
    assert (truth.ask.at, truth.ask.text) == (at(60), "now")


def test_a_limit_ends_at_its_time() -> None:
    until = at(3600)
    truth = told((OSC, working(1)), (OSC, f.Errored(at=at(2), text="429")))
    truth = told((Source.TRANSCRIPT, f.Limited(at=at(2.3), until=until)), truth=truth)
    held = verdict(truth, 10)
    assert (held.state, held.source, held.until, held.due) == (S.LIMITED, OSC, until, until)
    over = verdict(truth, 3600)
    assert (over.state, over.until, over.since) == (S.IDLE, None, until)
    assert over.due is None


def test_a_limit_without_an_end_lasts_until_something_is_said() -> None:
    truth = told((OSC, working(1)), (OSC, f.Limited(at=at(2))))
    assert state(truth, 10**6) == "limited"
    assert state(told((OSC, working(10**6)), truth=truth), 10**6) == "working"


def test_the_end_of_an_old_limit_is_not_that_of_a_new_one() -> None:
    truth = told((OSC, f.Limited(at=at(2), until=at(100))), (OSC, working(200)))
    truth = told((OSC, f.Limited(at=at(300))), truth=truth)
    assert (state(truth, 301), verdict(truth, 301).until) == ("limited", None)


def test_an_error_without_words_keeps_those_of_the_same_moment() -> None:
    truth = told((HOOK, f.Errored(at=at(2), kind="billing_error", text="No credit")))
    truth = told((OSC, f.Errored(at=at(2.1))), truth=truth)
    held = verdict(truth, 3)
    assert (held.state, held.kind, held.why) == (S.FAILED, "billing_error", "No credit")
    later = told((OSC, working(50)), (OSC, f.Errored(at=at(60))), truth=truth)
    assert verdict(later, 61).kind is None


@pytest.mark.parametrize(("pressed", "is_person"), [(1.9, True), (0.4, False), (2.1, False)])
def test_who_interrupts_is_told_by_the_key(pressed: float, is_person: bool) -> None:
    truth = told((Source.KEYS, f.KeyPressed(at=at(pressed), key="esc")))
    assert is_interrupted_by_person(truth, at(2)) is is_person
    assert is_interrupted_by_person(Truth(), at(2)) is False


# --- any order, any time --------------------------------------------------------------------------

TIMES = st.datetimes(timezones=st.just(T0.tzinfo)) | st.integers(0, 100).map(at)
FACTS = st.one_of(*map(instances, get_args(f.AnyFact)))
HEARD = st.lists(st.tuples(st.sampled_from(list(Source)), FACTS, TIMES), max_size=12)


@given(HEARD, TIMES)
def test_judge_never_raises_on_any_order(
    heard: list[tuple[Source, f.AnyFact, datetime]], now: datetime
) -> None:
    truth = Truth()
    for source, fact, when in heard:
        truth = hear(truth, source, replace(fact, at=when))
        held = judge(truth, now)
        if held is not None:
            assert held.source in truth.claims
            assert held.due is None or held.due > now
            assert (held.until is not None) <= (held.state is S.LIMITED)
            assert held.state in (S.WORKING, S.ASKING, S.IDLE, S.DONE, S.FAILED, S.LIMITED)
            assert (held.kind is not None) >= (held.state is S.ASKING)


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_time_that_cannot_be_is_not_heard(year: int) -> None:
    truth = told((OSC, working(1)))
    bad = f.Asked(at=T0.replace(year=year, month=12, day=31), kind="permission")
    for source in (OSC, HOOK):
        assert hear(truth, source, bad) == truth


@given(HEARD)
def test_after_it_was_due_nothing_more_comes_by_waiting(
    heard: list[tuple[Source, f.AnyFact, datetime]],
) -> None:
    """Judging at every moment that falls due finds all that waiting alone changes."""
    truth = Truth()
    for number, (source, fact, _) in enumerate(heard):
        truth = hear(truth, source, replace(fact, at=at(number / 3)))
    now = at(len(heard) / 3)
    for _ in range(20):
        held = judge(truth, now)
        if held is None or held.due is None:
            break
        between = judge(truth, now + (held.due - now) / 2)
        assert between is not None
        assert (between.state, between.source) == (held.state, held.source)
        now = held.due
    else:
        pytest.fail("always due again")
    late = judge(truth, now + timedelta(days=4000))
    assert (held and (held.state, held.source)) == (late and (late.state, late.source))
