"""A stand-in for the model APIs that Claude Code and Codex call: loopback only, no model.

What it answers is written in the prompt, as a script between `[[` and `]]` (`script.py`). It keeps
no conversation: the ids of its tool calls say where in which script they came from, so a resumed
or forked session goes on where it was.
"""
