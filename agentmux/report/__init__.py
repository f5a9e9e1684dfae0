"""Rows become tables, JSON and pages: what other programs and people read; no tmux, no git."""
