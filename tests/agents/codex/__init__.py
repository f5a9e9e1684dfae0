"""Tests of what Codex tells, by recordings of the real program."""
