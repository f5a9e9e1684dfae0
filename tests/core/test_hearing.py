"""What one more fact does: to the claim of its source alone, and to what refines a state."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.hearing import hear
from agentmux.core.state import SessionState
from agentmux.core.truth import Truth
from agentmux.core.usage import Tokens
from tests.support.events import at, instances

S = SessionState
KINDS = (
    f.Ready, f.Working, f.Asked, f.Answered, f.TurnEnded, f.Errored, f.Limited, f.Retrying,
    f.PromptSubmitted,
)  # fmt: skip
FACTS = st.one_of(*map(instances, KINDS))


def heard(*facts: f.AnyFact, source: Source = Source.OSC7501) -> Truth:
    truth = Truth()
    for fact in facts:
        truth = hear(truth, source, fact)
    return truth


def state(truth: Truth, source: Source = Source.OSC7501) -> S:
    return truth.claims[source].state


@given(st.lists(st.tuples(st.sampled_from(list(Source)), FACTS), max_size=12))
def test_no_facts_in_any_order_raise(told: list[tuple[Source, f.AnyFact]]) -> None:
    truth = Truth()
    for source, fact in told:
        truth = hear(truth, source, fact)


def test_a_fact_speaks_for_its_own_source() -> None:
    truth = hear(heard(f.Working(at=at(1))), Source.HOOK, f.Ready(at=at(2)))
    assert (state(truth), state(truth, Source.HOOK)) == (S.WORKING, S.IDLE)


def test_work_that_goes_on_began_when_it_began_and_is_heard_of_anew() -> None:
    claim = heard(f.Working(at=at(1)), f.Working(at=at(9))).claims[Source.OSC7501]
    assert (claim.at, claim.last) == (at(1), at(9))


def test_being_ready_takes_back_no_end() -> None:
    done = f.TurnEnded(at=at(1), how="done")
    assert state(heard(done, f.Ready(at=at(2)))) is S.DONE
    assert state(heard(f.Working(at=at(1)), f.Ready(at=at(2)))) is S.IDLE


def test_a_page_that_goes_leaves_the_screen_with_nothing_to_say() -> None:
    asked, gone = f.Asked(at=at(1), kind="setup"), f.Answered(at=at(2))
    assert state(heard(asked, gone, source=Source.SCREEN), Source.SCREEN) is S.UNKNOWN
    assert state(heard(asked, gone)) is S.WORKING


def test_a_time_that_cannot_be_is_not_heard() -> None:
    assert heard(f.Working(at=datetime(1, 1, 1, tzinfo=UTC))) == Truth()
    assert heard(f.Working(at=datetime(9999, 12, 31, tzinfo=UTC))) == Truth()


def test_what_is_no_state_changes_no_claim() -> None:
    truth = heard(f.Working(at=at(1)))
    for fact in (
        f.Titled(at=at(2), title="error: [y/n]"),
        f.Usage(at=at(2), response="r", tokens=Tokens(1)),
        f.UsageTotal(at=at(2), usd=Decimal(1)),
        f.Strange(at=at(2), what="Do you want to proceed? 1. Yes"),
        f.KeyPressed(at=at(2), key="esc"),
    ):
        assert hear(truth, Source.OSC7501, fact).claims == truth.claims


def test_a_source_that_knows_the_command_tells_it_of_the_same_ask() -> None:
    bare = f.Asked(at=at(1), kind="permission", text="Bash")
    told = f.Asked(at=at(1.1), kind="permission", tool="Bash", detail="make -j")
    ask = hear(heard(bare), Source.HOOK, told).ask
    assert ask is not None
    assert (ask.at, ask.tool, ask.detail) == (at(1), "Bash", "make -j")
