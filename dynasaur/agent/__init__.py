"""The agent: solves tasks with a library and a model."""

from dynasaur.agent.agent import Agent, Session
from dynasaur.agent.budget import Limits
from dynasaur.agent.form import Form
from dynasaur.agent.options import APPROVALS, Approval, Options
from dynasaur.agent.protocols import (
    Kernel,
    Library,
    Listener,
    Model,
    Person,
    Registry,
    Retriever,
    Verdict,
)
from dynasaur.agent.work import Interrupted

__all__ = [
    "APPROVALS",
    "Agent",
    "Approval",
    "Form",
    "Interrupted",
    "Kernel",
    "Library",
    "Limits",
    "Listener",
    "Model",
    "Options",
    "Person",
    "Registry",
    "Retriever",
    "Session",
    "Verdict",
]
