"""Gemini CLI's reports, from recorded runs of version 0.61.0."""
