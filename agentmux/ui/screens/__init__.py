"""One module per screen; handlers live on the screen that shows the thing."""
