"""The coding agents agentmux knows: one module each, one row each.

A row's key is the word the person types after `--agent`. Adding an agent is one module that
fits `core.agent.Agent` and one row here; what each adapter does and why stands in
`docs/design/agents.md`.
"""

from collections.abc import Mapping

from agentmux.agents import (
    aider,
    claude_code,
    codex,
    command,
    copilot,
    gemini_cli,
    kimi,
    opencode,
    qwen,
    shell,
    vibe,
)
from agentmux.core.agent import Agent

AGENTS: Mapping[str, Agent] = {
    "claude": claude_code,
    "codex": codex,
    "gemini": gemini_cli,
    "opencode": opencode,
    "qwen": qwen,
    "copilot": copilot,
    "kimi": kimi,
    "vibe": vibe,
    "aider": aider,
    "shell": shell,
    "command": command,
}
