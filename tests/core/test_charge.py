"""Tellings become charges: each known trap of counting, with an answer counted by hand."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.facts import Usage, UsageTotal
from agentmux.core.usage import Tokens, tokens_within
from tests.support.books import Books, chosen, report, usage
from tests.support.events import at

BLOCK = Tokens(100, 0, 1000, 0, 50)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.open()
    return made


def tokens(rows: Sequence[e.UsageReported]) -> list[Tokens]:
    return [row.tokens for row in rows]


# --- one response, many tellings -------------------------------------------------------------


def test_a_response_that_is_told_on_every_line_counts_once(books: Books) -> None:
    """Three content blocks, each with the whole usage: 1,150 tokens and not 3,450."""
    (row,) = books.say("transcript", *[usage("req_1", BLOCK, n) for n in (1, 2, 3)])
    assert (row.response, row.tokens, row.at, row.replaces) == ("req_1", BLOCK, at(1), None)
    assert books.bill().tokens == BLOCK


def test_the_last_line_counts_not_the_placeholder_before_it(books: Books) -> None:
    """The first lines know an output of 1, the last one all 50."""
    early = usage("req_1", Tokens(100, 0, 1000, 0, 1), complete=False)
    books.say("transcript", early, early, usage("req_1", BLOCK))
    assert books.bill().tokens == BLOCK


def test_the_same_over_two_looks_takes_the_first_back(books: Books) -> None:
    books.say("transcript", usage("req_1", Tokens(100, 0, 1000, 0, 1), complete=False))
    assert (books.bill().incomplete, books.bill().certain) == (1, False)
    (row,) = books.say("transcript", usage("req_1", BLOCK, 20))
    assert row.replaces is not None
    assert (row.replaces.tokens.output, row.replaces.complete, row.at) == (1, False, at(10))
    bill = books.bill()
    assert (bill.tokens, bill.responses, bill.incomplete) == (BLOCK, 1, 0)
    assert bill.cost_usd == 1150


def test_nothing_new_is_no_row(books: Books) -> None:
    assert books.say("transcript", usage("req_1", BLOCK)) != []
    assert books.say("transcript", usage("req_1", BLOCK, 30)) == []
    assert books.say("events", usage("req_1", BLOCK, 30)) == []


def test_a_resumed_agent_repeats_its_history(books: Books) -> None:
    history = [usage(f"req_{n}", Tokens(n, output=1)) for n in range(1, 5)]
    books.say("transcript", *history)
    assert books.say("transcript", *history, usage("req_5", Tokens(5, output=1))) != []
    assert books.bill().tokens == Tokens(15, output=5)


def test_an_old_line_read_again_takes_nothing_back(books: Books) -> None:
    early = usage("req_1", Tokens(100, output=1), complete=False)
    books.say("transcript", early, usage("req_1", Tokens(100, output=50)))
    assert books.say("transcript", early) == []


def test_a_placeholder_of_zeros_is_no_response(books: Books) -> None:
    assert books.say("transcript", usage("r1", Tokens())) == []
    books.say("transcript", usage("r1", BLOCK))
    assert books.say("transcript", usage("r1", Tokens())) == []


def test_nothing_heard_of_a_cut_response_is_at_least_nothing(books: Books) -> None:
    books.say("transcript", usage("r1", Tokens(), complete=False))
    assert (books.bill().responses, books.bill().certain) == (1, False)


# --- several sources -------------------------------------------------------------------------


def test_telemetry_and_transcript_tell_of_one_response(books: Books) -> None:
    told = usage("req_1", BLOCK)
    exported = usage("req_1", BLOCK, 11, reported_usd=Decimal("0.0064"))
    books.say("transcript", told)
    (row,) = books.say("otlp", exported)
    assert (row.reported_usd, row.source) == (Decimal("0.0064"), "otlp")
    assert books.say("transcript", told) == []
    assert (books.bill().responses, books.bill().tokens) == (1, BLOCK)


@pytest.mark.parametrize("first", ["transcript", "otlp"])
def test_who_knows_the_full_counts_is_believed(books: Books, first: str) -> None:
    """Transcripts leave thinking out of the output: 50 written, 1,700 thought."""
    said = {
        "transcript": usage("req_1", Tokens(3, 900, 1000, 0, 50)),
        "otlp": usage("req_1", Tokens(300, 900, 1000, 0, 1750)),
    }
    second = next(name for name in said if name != first)
    books.say(first, said[first])
    books.say(second, said[second])
    assert books.bill().tokens == Tokens(300, 900, 1000, 0, 1750)


@pytest.mark.parametrize("first", ["transcript", "otlp"])
def test_how_long_a_cache_was_written_comes_from_who_knows(books: Books, first: str) -> None:
    """An hour costs twice the input: taken for five minutes it would be a quarter too cheap."""
    said = {
        "transcript": usage("req_1", Tokens(100, 0, 200, 800, 50)),
        "otlp": usage("req_1", Tokens(100, 0, 1000, 0, 60)),
    }
    second = next(name for name in said if name != first)
    books.say(first, said[first])
    books.say(second, said[second])
    assert books.bill().tokens == Tokens(100, 0, 200, 800, 60)
    assert books.say(first, said[first]) == books.say(second, said[second]) == []


def test_other_counts_are_not_split_by_a_guess(books: Books) -> None:
    books.say("transcript", usage("req_1", Tokens(100, 0, 0, 800, 50)))
    books.say("otlp", usage("req_1", Tokens(100, 0, 900, 0, 50)))
    assert books.bill().tokens == Tokens(100, 0, 900, 0, 50)


def test_who_says_nothing_of_the_cache_knows_less(books: Books) -> None:
    books.say("otlp", usage("req_1", Tokens(3000, output=50)))
    books.say("transcript", usage("req_1", Tokens(1000, 2000, output=50)))
    assert books.bill().tokens == Tokens(1000, 2000, output=50)


@pytest.mark.parametrize("first", ["transcript", "otlp"])
def test_a_whole_response_is_believed_over_a_cut_one(books: Books, first: str) -> None:
    said = {
        "otlp": usage("req_1", Tokens(100, output=1), complete=False),
        "transcript": usage("req_1", Tokens(100, output=50)),
    }
    second = next(name for name in said if name != first)
    books.say(first, said[first])
    books.say(second, said[second])
    assert (books.bill().tokens.output, books.bill().certain) == (50, True)


def test_a_guess_gives_way(books: Books) -> None:
    books.say("otlp", usage("r1", Tokens(900, output=9), own_estimate=True))
    assert not books.bill().certain
    books.say("transcript", usage("r1", Tokens(1000, output=10)))
    assert (books.bill().tokens.prompt, books.bill().estimated) == (1000, 0)


@pytest.mark.parametrize("whole", [True, False])
def test_what_only_one_source_knows_is_kept(books: Books, whole: bool) -> None:
    """Whichever of the two is believed of the figures."""
    more: dict[str, Any] = {"side": "compaction", "provider": "p", "model": None}
    books.say("transcript", usage("r1", BLOCK, agent="a7", tier="priority", fast=True))
    books.say("otlp", usage("r1", BLOCK, reported_usd=Decimal(3), complete=whole, **more))
    (row,) = books.newest.values()
    assert row.source == ("otlp" if whole else "transcript")
    assert row.reported_usd == Decimal(3)
    assert (row.agent, row.tier, row.fast) == ("a7", "priority", True)
    assert (row.side, row.provider, row.model) == ("compaction", "p", "m")


def test_requests_beside_the_turns_count(books: Books) -> None:
    """Only telemetry tells of titles, compaction and suggestions."""
    books.say("transcript", usage("req_1", BLOCK))
    books.say("otlp", usage("req_0", Tokens(40, output=8), side="title"))
    assert books.bill().tokens == Tokens(140, 0, 1000, 0, 58)


# --- totals ----------------------------------------------------------------------------------


def test_a_counter_that_falls_is_not_differenced(books: Books) -> None:
    """Codex's total fell to 40 in and 8 out after the context overflowed; 2,240 and 108 is true."""
    books.say(
        "transcript",
        usage("resp_1", tokens_within(1100, 50)),
        UsageTotal(at=at(11), tokens=tokens_within(1100, 50)),
        usage("resp_2", tokens_within(1100, 50, cache_read=1000), 12),
        UsageTotal(at=at(13), tokens=tokens_within(2200, 100, cache_read=1000)),
        UsageTotal(at=at(14), tokens=tokens_within(0, 0)),
        usage("resp_3", tokens_within(40, 8), 15),
        UsageTotal(at=at(16), tokens=tokens_within(40, 8)),
    )
    assert books.bill().tokens == Tokens(1240, 1000, output=108)
    assert (books.bill().tokens.prompt, books.bill().tokens.output) == (2240, 108)


def test_cache_reads_of_every_turn_are_summed(books: Books) -> None:
    """They are told for each response and not as a running total: 6,000, not 3,000."""
    reads = [usage(f"r{n}", Tokens(1, 1000 * n)) for n in (1, 2, 3)]
    books.say("transcript", *reads)
    assert books.bill().tokens.cache_read == 6000


def test_the_agents_own_figure_stays_beside_ours(books: Books) -> None:
    """aider bills cached tokens twice: its $300 do not become ours."""
    books.say("transcript", usage("r1", Tokens(100, 100), reported_usd=Decimal(300)))
    bill = books.bill()
    figures = [bill.cost_usd, bill.reported_usd, bill.gap_usd]
    assert figures == [Decimal(200), Decimal(300), Decimal(100)]


# --- sessions --------------------------------------------------------------------------------


def test_a_branch_brings_copies_of_what_another_session_was_told(books: Books) -> None:
    books.say("transcript", usage("req_1", BLOCK))
    books.open("s2", seconds=60)
    copied = usage("req_1", BLOCK)
    assert books.say("transcript", copied, session="s2") == []
    (own,) = books.say("transcript", copied, usage("req_2", BLOCK, 70), session="s2")
    assert (own.response, books.bill("s2").responses) == ("req_2", 1)


def test_agents_that_number_their_responses_share_no_ids(books: Books) -> None:
    books.open("s2")
    books.say("transcript", usage("1", BLOCK))
    assert len(books.say("transcript", usage("1", BLOCK, 3600), session="s2")) == 1
    assert books.say("transcript", usage("1", BLOCK, 3600), session="s2") == []


# --- model, tier, turn -----------------------------------------------------------------------


def test_the_model_is_the_newest_that_the_same_source_told(books: Books) -> None:
    def row(response: str, **more: Any) -> Usage:
        return usage(response, BLOCK, **{"model": None, **more})

    books.say("hook", chosen("other"))
    books.say("transcript", chosen("old"), row("r1"), chosen("new"), row("r2"))
    books.say("transcript", row("r3"), row("r4", model="named"))
    books.say("otlp", row("r5"))
    found = {row.response: row.model for row in books.rows}
    assert found == {"r1": "old", "r2": "new", "r3": "new", "r4": "named", "r5": None}
    assert books.bill().unpriced == 1


def test_a_subagents_model_is_not_that_of_the_session(books: Books) -> None:
    books.say(
        "transcript",
        chosen("large", conversation="main"),
        chosen("small", conversation="sub"),
        usage("r1", BLOCK, model=None, conversation="main"),
        usage("r2", BLOCK, model=None, conversation="sub"),
    )
    assert [row.model for row in books.rows] == ["large", "small"]


def test_tier_and_speed_come_with_the_model_they_were_chosen_for(books: Books) -> None:
    books.say(
        "transcript",
        chosen("m", tier="priority", fast=True),
        usage("r1", BLOCK, model=None),
        usage("r2", BLOCK),
        usage("r3", BLOCK, model="side-model"),
        chosen("m"),
        usage("r4", BLOCK),
    )
    found = [(row.tier, row.fast) for row in books.rows]
    assert found == [("priority", True), ("priority", True), (None, False), (None, False)]


def test_a_charge_is_of_the_turn_it_was_taken_in(books: Books) -> None:
    def turn(number: int, seconds: float) -> e.TurnStarted:
        return e.TurnStarted(at=at(seconds), session="s1", turn=number)

    assert books.say("otlp", usage("r0", BLOCK, 5))[0].turn is None
    books.page(
        report("transcript", [usage("r1", BLOCK, 12), usage("r2", BLOCK, 22)]),
        turn(1, 10),
        turn(2, 20),
    )
    books.page(turn(3, 30))
    late, own = books.say("transcript", usage("r3", BLOCK, 29), usage("r4", BLOCK, 31))
    assert [row.turn for row in books.rows[1:3]] == [1, 2]
    assert (late.turn, own.turn) == (2, 3)
    assert books.say("otlp", usage("r1", BLOCK, 35, side="x"))[0].turn == 1


def test_nothing_is_spent_tomorrow(books: Books) -> None:
    (row,) = books.say("otlp", usage("r1", BLOCK, 900), now=at(500))
    assert row.at == at(500)


def test_a_count_below_nothing_is_nothing(books: Books) -> None:
    (row,) = books.say("otlp", usage("r1", Tokens(-5, -1, -1, -1, 3)))
    assert row.tokens == Tokens(output=3)


# --- any order -------------------------------------------------------------------------------

COUNTS = st.integers(0, 50)
TOKENS = st.builds(Tokens, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
TELLINGS = st.lists(
    st.tuples(
        st.sampled_from(["transcript", "otlp", "events", "hook"]),
        st.sampled_from(["r1", "r2", "r3"]),
        TOKENS,
        st.booleans(),
        st.sampled_from(["m", "free", None]),
    ),
    max_size=12,
)


@given(TELLINGS, st.lists(st.booleans(), min_size=12, max_size=12))
def test_the_bill_is_the_sum_of_the_newest_rows(
    tellings: list[tuple[str, str, Tokens, bool, str | None]], cuts: list[bool]
) -> None:
    """However the tellings fall into looks, and told all over once more."""
    facts = [
        (source, usage(response, told, complete=whole, model=model))
        for source, response, told, whole, model in tellings
    ]
    looks: list[list[e.Event]] = [[]]
    for (source, fact), cut in zip(facts, cuts, strict=False):
        if cut:
            looks.append([])
        looks[-1].append(report(source, [fact]))
    one, many = Books(), Books()
    one.open()
    many.open()
    one.page(*[row for look in looks for row in look])
    for look in looks:
        many.page(*look)
    assert many.bill().tokens == one.bill().tokens
    for books in (one, many):
        newest = books.newest.values()
        bill = books.bill()
        assert bill.tokens == sum((row.tokens for row in newest), Tokens())
        assert bill.priced_usd == sum(row.cost_usd or 0 for row in newest)
        assert bill.responses == len(newest)
        assert bill.unpriced == sum(row.cost_usd is None for row in newest)
        assert bill.incomplete == sum(not row.complete for row in newest)


@given(TELLINGS)
def test_the_newest_state_told_again_is_no_news(
    tellings: list[tuple[str, str, Tokens, bool, str | None]],
) -> None:
    books = Books()
    books.open()
    for source, response, told, whole, model in tellings:
        fact = usage(response, told, complete=whole, model=model)
        books.say(source, fact)
        assert books.say(source, fact) == []
