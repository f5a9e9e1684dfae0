"""What Codex's responses took, summed from its records and held against what the API delivered."""

import pytest

from agentmux.agents import codex
from agentmux.core.agent import LaunchSpec
from agentmux.core.facts import ModelChosen, Source, Usage, UsageTotal
from agentmux.core.otlp import log_records
from agentmux.core.usage import Tokens
from tests.agents.codex.samples import (
    AT,
    SAMPLES,
    copy,
    counted,
    delivered,
    facts,
    lines,
    tokens_of,
)
from tests.support.replay import rows


def usages(name: str) -> list[tuple[Source, Usage]]:
    found = facts(Source.TRANSCRIPT, lines(name))
    return [(Source.TRANSCRIPT, fact) for fact in found if isinstance(fact, Usage)]


def telemetry(run: str) -> list[tuple[Source, Usage]]:
    records = [
        record
        for row in rows(SAMPLES / run / "otlp.jsonl")
        for _, record in log_records(row["payload"], AT)
    ]
    return [(Source.OTLP, u) for u in facts(Source.OTLP, records) if isinstance(u, Usage)]


@pytest.mark.parametrize(
    ("run", "kinds", "by_hand"),
    [
        # 6 responses at 100+1000 or 101+200 (+2000 read), as each line of the ledger says.
        ("standard", ["turn"], Tokens(702, 4000, 5400, 0, 352)),
        ("interrupts", ["turn"], None),
        ("killed-and-resumed", ["turn"], None),
    ],
)
def test_a_rollout_is_the_ledger_to_the_token(
    run: str, kinds: list[str], by_hand: Tokens | None
) -> None:
    told = tokens_of(counted(usages(f"{run}/rollout.jsonl")).values())
    known = delivered(f"{run}/api-ledger.jsonl", *kinds)
    if run == "interrupts":  # one answer reached Codex whole and the ledger not
        known += Tokens(301, 2000, 0, 0, 51)
    assert told == known
    assert by_hand is None or told == by_hand


def test_totals_that_fall_back_to_nothing_change_nothing() -> None:
    """After a context overflow the total Codex shows is 40 and 8; 2,240 and 108 were delivered."""
    told = facts(Source.TRANSCRIPT, lines("api-errors-and-compaction/rollout.jsonl"))
    spent = tokens_of(fact for fact in told if isinstance(fact, Usage))
    assert (spent.prompt, spent.output) == (2240, 108)
    counts = [
        row["payload"]["info"]["total_token_usage"]
        for row in lines("api-errors-and-compaction/rollout.jsonl")
        if row["payload"].get("type") == "token_count"
    ]
    assert (counts[-1]["input_tokens"], counts[-1]["output_tokens"]) == (40, 8)
    total = [fact for fact in told if isinstance(fact, UsageTotal)][-1]
    assert total.tokens == spent and total.scope.endswith("ad1d")


def test_the_input_holds_the_cache() -> None:
    """input 2301, of it 2000 read from the cache and 200 written: 101 are new."""
    second = usages("standard/rollout.jsonl")[2][1]
    assert second.response == "resp_fake000005"
    assert second.tokens == Tokens(input=101, cache_read=2000, cache_write_5m=200, output=51)


def test_reasoning_is_part_of_the_output() -> None:
    first = usages("killed-and-resumed/rollout.jsonl")[0][1]  # output 50, reasoning 20 of it
    assert first.tokens == Tokens(input=100, cache_read=2000, cache_write_5m=300, output=50)


def test_side_requests_come_from_the_telemetry_once() -> None:
    """The title's 40 and 8 stand in no rollout; all else stands in both and is counted once."""
    both = [*telemetry("standard"), *usages("standard/rollout.jsonl")]
    assert tokens_of(counted(both).values()) == delivered(
        "standard/api-ledger.jsonl", "turn", "aux"
    )
    assert tokens_of(counted(both).values()) == tokens_of(u for _, u in telemetry("standard"))


def test_a_subagent_is_counted_and_named() -> None:
    run = "subagent-and-steering"
    feeds = codex.feeds(LaunchSpec(env={"HOME": "/h"}, own_folder=True))
    only = feeds[1].only
    part = (SAMPLES / run / "rollout-subagent.jsonl").read_text().splitlines()
    kept = [row for row, line in zip(lines(f"{run}/rollout-subagent.jsonl"), part, strict=True)
            if only in line]  # fmt: skip
    sub = [fact for fact in facts(Source.TRANSCRIPT, kept) if isinstance(fact, Usage)]
    assert {fact.agent for fact in sub} == {"01a22cb7-c806-72a0-95e5-e0c757719b10"}
    assert tokens_of(sub).output == 51 + 52
    main = usages(f"{run}/rollout.jsonl")
    assert {fact.agent for _, fact in main} == {None}
    assert tokens_of(counted([*main, *((Source.TRANSCRIPT, u) for u in sub)]).values()) == (
        tokens_of(u for _, u in telemetry(run) if u.conversation in {main[0][1].conversation,
                                                                      sub[0].conversation})
    )  # fmt: skip
    chosen = [f for f in facts(Source.TRANSCRIPT, lines(f"{run}/rollout.jsonl"))
              if isinstance(f, ModelChosen) and f.agent]  # fmt: skip
    assert [(c.agent, c.model) for c in chosen] == [(sub[0].agent, "gpt-6-sol")]


def test_nothing_but_tokens_of_a_subagents_file_is_let_through() -> None:
    """It begins with a copy of its parent's, in which the running turn looks aborted."""
    copied = lines("subagent-and-steering/rollout-subagent.jsonl")
    assert any(row["payload"].get("type") == "turn_aborted" for row in copied)
    feeds = codex.feeds(LaunchSpec(env={"HOME": "/h"}, own_folder=True))
    assert feeds[0].first["payload.source"] == "cli"
    assert isinstance(copied[0]["payload"]["source"], dict)
    assert feeds[1].first == {"payload.session_id": "{id}", "payload.thread_source": "subagent"}


def test_a_fork_brings_no_old_responses() -> None:
    fork = {usage.response for _, usage in usages("fork-and-resume/rollout-fork.jsonl")}
    source = {usage.response for _, usage in usages("fork-and-resume/rollout.jsonl")}
    assert fork == {"resp_fake000004"} and not fork & source


def test_the_tier_is_that_of_the_settings_and_standard_is_told() -> None:
    told = facts(Source.TRANSCRIPT, lines("fork-and-resume/rollout-fork.jsonl"))
    tiers = [fact.tier for fact in told if isinstance(fact, ModelChosen)]
    assert tiers == ["standard", "priority", None]  # the turn's own record does not tell it


def test_a_response_said_twice_counts_once() -> None:
    told = usages("standard/rollout.jsonl")
    assert tokens_of(counted([*told, *told]).values()) == tokens_of(u for _, u in told)


def test_figures_that_cannot_be_are_cut_down() -> None:
    record = copy(next(r for r in lines("standard/rollout.jsonl")
                       if r["type"] == "token_usage_record"))  # fmt: skip
    record["payload"]["usage"] |= {"cached_input_tokens": 5000, "output_tokens": -3}
    (usage,) = (f for f in codex.parse(Source.TRANSCRIPT, record, AT) if isinstance(f, Usage))
    assert usage.tokens == Tokens(cache_read=1100)
