"""What is put on Codex's command line, and when; the answer is one that Codex 0.169.0 gave."""

import itertools
import tomllib
from dataclasses import replace

import pytest

from agentmux.agents import codex
from agentmux.core.agent import AsksFirst, LaunchSpec
from agentmux.mux.feeds.hooks import COMMAND
from tests.agents.codex.samples import SAMPLES

ANSWER = (SAMPLES / "hooks-list-answer.jsonl").read_text()
TRUST = codex.parse_hook_answer(ANSWER)
SPEC = LaunchSpec(hook=COMMAND, hook_trust=TRUST)


def settings(argv: tuple[str, ...]) -> dict[str, object]:
    """What `-c` words set, as Codex reads them: TOML each."""
    found: dict[str, object] = {}
    for option, word in itertools.pairwise(argv):
        if option == "-c":
            found |= {word.partition("=")[0]: tomllib.loads(f"x={word.partition('=')[2]}")["x"]}
    return found


def test_codex_is_an_agent_that_asks_first() -> None:
    assert isinstance(codex, AsksFirst)


def test_the_answer_names_a_hash_for_each_hook() -> None:
    assert len(TRUST) == 12
    assert TRUST["/<session-flags>/config.toml:pre_tool_use:0:0"].startswith("sha256:8b8853b85ce5")


def test_the_persons_own_hooks_are_not_ours_to_trust() -> None:
    theirs = ANSWER.replace('"source":"sessionFlags"', '"source":"user"')
    assert theirs != ANSWER and codex.parse_hook_answer(theirs) == {}


def test_the_question_and_the_start_name_the_same_hooks() -> None:
    question = codex.hook_question(replace(SPEC, hook_trust={}))
    assert question is not None and question.argv[-1] == "app-server"
    assert question.until in ANSWER
    asked = settings(question.argv)
    started = settings(codex.launch(SPEC).argv)
    assert {key: started[key] for key in asked} == asked
    assert started["hooks.Stop"] == [{"hooks": [{"type": "command", "command": COMMAND}]}]
    assert started["hooks.state"] == {key: {"trusted_hash": value} for key, value in TRUST.items()}


@pytest.mark.parametrize(
    "spec",
    [
        replace(SPEC, hook=""),
        replace(SPEC, hook_trust={}),
        replace(SPEC, hook_trust={"/<session-flags>/config.toml:stop:0:0": 'x"}}'}),
        replace(SPEC, hook_trust={"/home/me/.codex/config.toml:stop:0:0": "sha256:" + "a" * 64}),
        replace(SPEC, args=("-c", "hooks.Stop=[]")),
        replace(SPEC, args=("--config=hooks.Stop=[]",)),
    ],
)
def test_no_hook_is_given_that_would_open_a_page_or_take_the_persons_place(
    spec: LaunchSpec,
) -> None:
    theirs = set(settings(spec.args))
    assert set(settings(codex.launch(spec).argv)) == theirs


def test_resume_and_fork_are_given_the_same() -> None:
    resumed, forked = codex.resume(SPEC), codex.fork(replace(SPEC, source_id="x"))
    assert resumed is not None and forked is not None
    expected = settings(codex.launch(SPEC).argv)
    assert settings(resumed.argv) == settings(forked.argv) == expected
    assert resumed.argv[:2] == ("codex", "resume")


def test_an_event_that_this_codex_does_not_know_is_left_out() -> None:
    key = "/<session-flags>/config.toml:interrupt:0:0"
    older = replace(SPEC, hook_trust={k: v for k, v in TRUST.items() if k != key})
    assert "hooks.Interrupt" not in settings(codex.launch(older).argv)
    assert "hooks.Stop" in settings(codex.launch(older).argv)


def test_telemetry_goes_to_us_unless_it_goes_elsewhere() -> None:
    spec = LaunchSpec(otlp="http://127.0.0.1:4711/t")
    told = settings(codex.launch(spec).argv)
    assert told == {
        "otel.exporter": {
            "otlp-http": {"endpoint": "http://127.0.0.1:4711/t/v1/logs", "protocol": "json"}
        }
    }
    for notes in ('[otel]\nexporter={otlp-http={endpoint="https://a"}}', "[broken"):
        assert not settings(codex.launch(replace(spec, notes=notes)).argv)
    assert not any("otlp" in w for w in codex.launch(replace(spec, args=("-c", "otel.x=1"))).argv)
    assert settings(codex.launch(replace(spec, notes='model = "m"')).argv) == told


@pytest.mark.parametrize(
    "text", ["", "{", '{"id":2}', '{"id":2,"result":{"data":[{"hooks":7}]}}', "[]"]
)
def test_what_is_no_answer_trusts_nothing(text: str) -> None:
    assert codex.parse_hook_answer(text) == {}


def test_feeds_in_a_folder_of_its_own_and_elsewhere() -> None:
    env = {"HOME": "/home/a"}
    own, parts = codex.feeds(LaunchSpec(env=env, own_folder=True))
    assert own.place == "/home/a/.codex/sessions/*/*/*/rollout-*.jsonl"
    assert own.first == {"payload.cwd": "{worktree}", "payload.source": "cli"}
    assert parts.only == '"token_usage_record"'
    for spec in (LaunchSpec(env=env), LaunchSpec(env=env, own_folder=True, args=("-C", "sub"))):
        assert codex.feeds(spec)[0].place.endswith("/rollout-*-{id}.jsonl")
    assert codex.feeds(LaunchSpec()) == ()
