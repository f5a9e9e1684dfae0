"""Codex's rollout: turns, how they ended and why, tokens of each response, tools once over.

Each line is read by itself. Of the turns of subagents, which stand in rollouts of their own that
begin with a copy of their parent's, only the tokens count: there the root turn is another one, and
`feeds` lets nothing else of those files through. Approvals and retries are not in a rollout.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.codex.items import parse_item
from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, text_at, time_of, value_at
from agentmux.core.usage import Tokens, tokens_within

_WINDOWS = {300: "five_hour", 10080: "seven_day"}
"""Minutes of a limit's window → how the vendor calls it."""
_CREDIT = "Quota exceeded"
"""How the message begins when the account has no credit, which Codex calls a usage limit too."""
_PASSED_OVER = frozenset(
    {
        "response_item",
        "world_state",
        "retained_context",
        "inter_agent_communication_metadata",
        "inter_agent_communication",
        "ghost_snapshot",
    }
)
"""Records that repeat what others tell, or are the model's own."""
_QUIET_EVENTS = frozenset(
    {
        "agent_message",
        "agent_reasoning",
        "agent_reasoning_raw_content",
        "context_compacted",
        "entered_review_mode",
        "error",
        "exec_command_end",
        "exited_review_mode",
        "item_started",
        "mcp_tool_call_end",
        "patch_apply_end",
        "sub_agent_activity",
        "thread_goal_updated",
        "thread_name_updated",
        "thread_rolled_back",
        "undo_completed",
        "user_message",
        "warning",
        "web_search_end",
    }
)
"""Events of which something else tells as well, or that bear on nothing here."""


def parse_rollout(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one line."""
    at = time_of(value_at(record, "timestamp"), at)
    payload = entry_at(record, "payload")
    match text_at(record, "type"):
        case "event_msg":
            return _event(payload, at)
        case "token_usage_record":
            return _usage(payload, at)
        case "session_meta":
            return _named(payload, at)
        case "turn_context" if _is_own(payload) and (model := text_at(payload, "model")):
            return [f.ModelChosen(at=at, model=model)]
        case "compacted":
            return [f.Compacted(at=at)]
        case "turn_context":
            return []
        case kind if kind in _PASSED_OVER:
            return []
        case kind:
            return [f.Strange(at=at, what=f"rollout record {kind:.40}")]


def _event(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    match text_at(payload, "type"):
        case "task_started" | "task_complete" | "turn_aborted" if not _is_own(payload):
            return []
        case "task_started" | "turn_started":
            return [f.Working(at=at)]
        case "task_complete" | "turn_complete":
            return [_ended(payload, at)]
        case "turn_aborted":
            # A turn that another one replaced goes on in that one.
            is_over = text_at(payload, "reason") != "replaced"
            return [f.TurnEnded(at=at, how="interrupted")] if is_over else []
        case "item_completed":
            return parse_item(entry_at(payload, "item"), at)
        case "token_count":
            return _quotas(payload, at)
        case "thread_settings_applied":
            return _settings(payload, at)
        case kind if kind in _QUIET_EVENTS:
            return []
        case kind:
            return [f.Strange(at=at, what=f"rollout event {kind:.40}")]


def _is_own(payload: Mapping[str, Any]) -> bool:
    """Whether a turn is the conversation's own, not one that a subagent was given."""
    root = text_at(payload, "root_turn_id")
    is_given = bool(text_at(payload, "turn_attribution", "parent_turn_id"))
    return not is_given and root in ("", text_at(payload, "turn_id"))


def _named(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """A subagent's conversation is none that a person could resume."""
    name = text_at(payload, "id")
    is_part = value_at(payload, "source", "subagent") is not None
    if not name or is_part or text_at(payload, "thread_source") == "subagent":
        return []
    why = "fork" if text_at(payload, "forked_from_id") else "startup"
    return [f.ConversationNamed(at=at, id=name, why=why)]


def _settings(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """Said at every prompt and after a resume, so a conversation begun long ago is named too."""
    name, model = text_at(payload, "thread_id"), text_at(payload, "thread_settings", "model")
    tier = text_at(payload, "thread_settings", "service_tier") or "standard"
    facts: list[f.AnyFact] = [f.ConversationNamed(at=at, id=name)] if name else []
    return [*facts, f.ModelChosen(at=at, model=model, tier=tier)] if model else facts


def _ended(payload: Mapping[str, Any], at: datetime) -> f.AnyFact:
    error = value_at(payload, "error")
    if error is None:
        return f.TurnEnded(at=at, how="done", text=text_at(payload, "last_agent_message"))
    told = value_at(error, "codex_error_info")
    # Either a word, or a word with figures: {"http_connection_failed": {"http_status_code": 401}}.
    kind = next(iter(told), "") if isinstance(told, Mapping) else told
    kind = kind if isinstance(kind, str) and kind else "other"
    text = text_at(error, "message")
    if kind == "usage_limit_exceeded":
        if text.startswith(_CREDIT):
            return f.Errored(at=at, kind="billing_error", text=text)
        return f.Limited(at=at, text=text)
    return f.Errored(at=at, kind=kind, text=text)


def _usage(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """What one response took, and what Codex says the thread took: never added, only compared."""
    response = text_at(payload, "response_id")
    thread, session = text_at(payload, "thread_id"), text_at(payload, "session_id")
    if not response:
        return [f.Strange(at=at, what="rollout usage without a response")]
    usage = f.Usage(
        at=at,
        response=response,
        tokens=_tokens(entry_at(payload, "usage")),
        agent=thread if thread and session and thread != session else None,
        conversation=thread,
    )
    total = entry_at(payload, "thread_token_usage")
    if not total:
        return [usage]
    return [usage, f.UsageTotal(at=at, tokens=_tokens(total), scope=thread)]


def _tokens(usage: Mapping[str, Any]) -> Tokens:
    """Its input holds what was read from the cache and written to it, its output the reasoning."""
    return tokens_within(
        count_at(usage, "input_tokens"),
        count_at(usage, "output_tokens"),
        count_at(usage, "cached_input_tokens"),
        count_at(usage, "cache_write_input_tokens"),
    )


def _quotas(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    found: list[f.AnyFact] = []
    for name in ("primary", "secondary"):
        window = entry_at(payload, "rate_limits", name)
        used = value_at(window, "used_percent")
        if isinstance(used, bool) or not isinstance(used, int | float) or not 0 <= used < 1e6:
            continue
        minutes = count_at(window, "window_minutes")
        resets = time_of(value_at(window, "resets_at"), at)
        found.append(
            f.Quota(
                at=at,
                window=_WINDOWS.get(minutes, f"{minutes}_minutes" if minutes else name),
                used_pct=float(used),
                resets=resets if resets != at else None,
            )
        )
    return found
