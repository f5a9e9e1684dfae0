"""Qwen Code's reports, from recorded runs of version 0.24.4."""
