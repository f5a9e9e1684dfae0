"""Programs for the panes: each says it is ready, in a word that no command line contains."""
