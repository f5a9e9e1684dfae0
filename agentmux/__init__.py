"""agentmux: a cockpit for several coding agents in one terminal."""

__version__ = "0.1.0"
