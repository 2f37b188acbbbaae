"""An LLM agent that solves tasks by writing Python, and keeps what proves useful."""

__version__ = "0.1.0"
