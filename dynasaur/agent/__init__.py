"""The agent: solves tasks with a library and a model."""

from dynasaur.agent.loop import Agent, Interrupted
from dynasaur.agent.protocols import Kernel, Library, Listener, Model, Registry, Retriever

__all__ = [
    "Agent",
    "Interrupted",
    "Kernel",
    "Library",
    "Listener",
    "Model",
    "Registry",
    "Retriever",
]
