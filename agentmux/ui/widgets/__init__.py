"""One module per widget: each is given the `View` and redraws what changed in it."""
