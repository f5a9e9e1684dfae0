"""What aider writes and shows, as facts."""
