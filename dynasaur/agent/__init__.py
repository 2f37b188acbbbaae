"""The agent: solves tasks with a library and a model."""

from dynasaur.agent.loop import Agent
from dynasaur.agent.protocols import Kernel, Library, Listener, Model, Registry, Retriever

__all__ = ["Agent", "Kernel", "Library", "Listener", "Model", "Registry", "Retriever"]
