"""What Mistral Vibe reports, as facts."""
