"""The settings, their choices, and which of them a library cannot change."""

from __future__ import annotations

from dataclasses import dataclass

from dynasaur.config.sizes import size_in_bytes
from dynasaur.types import Evidence

DELIVERIES = ("merge", "branch", "pr", "none")
"""What becomes of a run's commits: the current branch is fast-forwarded, they are left on a branch
of their own, that branch is pushed for a pull request, or nothing is committed."""

INSTALLS = ("ask", "allow", "deny")
"""What becomes of packages that code asks for: a person is asked where one is there and only
those of the setting `packages` are installed where not, all are, or none is."""

RETRIEVERS = ("lexical", "hybrid")
"""How actions are found: by words alone, or by an embedding model, too."""

APPROVALS = ("never", "writes", "always")
"""Which code a person must approve: none, that which may write or reach out, or all of it."""

SEARCHES = ("none", "brave", "ddgs", "searxng", "serpapi", "tavily")
"""The search engine that code may ask through the host, or none: its words leave the machine."""

APIS = ("auto", "chat", "responses")
"""What an endpoint is asked by: chat completions, the Responses API, or the one that it has."""

CHOICES = {
    "api": APIS,
    "approve": APPROVALS,
    "deliver": DELIVERIES,
    "install": INSTALLS,
    "retriever": RETRIEVERS,
    "search": SEARCHES,
}

GUARDED = {
    "sandbox": "auto",
    "network": "none",
    "install": "ask",
    "packages": "",
    "allowed_sources": "",
    "gateway": "",
    "kernel_name": "",
    "embeddings": "",
    "approve": "always",
    "mcp_config": "",
    "hooks": "",
    "search": "none",
    "search_url": "",
    "search_price": None,
    "max_tokens": 0,
    "max_cost": 0.0,
    "max_seconds": 0.0,
}
"""Settings that only the user can change, and what they are in a library's own settings: it may
have come from a stranger."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; every field can stand in pyproject, environment and flags.

    Attributes:
        model: Name of the model; empty to use what is configured, else the built-in planner.
        max_steps: Steps after which a run ends unsolved.
        max_tokens: Tokens after which it does; 0 for no limit.
        max_cost: US dollars after which it does; 0 for no limit.
        max_seconds: Wall time after which it does; 0 for no limit.
        approve: Which code a person must approve before it runs; one of `APPROVALS`.
        cell_timeout: Seconds that one cell may run.
        k: How many actions are offered with the task.
        accept: The weakest evidence that admits an action.
        sandbox: The kernel's sandbox: `auto`, or one tier by name.
        memory: What a kernel may use, such as `4GiB` or `512MiB`.
        network: What a kernel may reach: `none`, `allow=DOMAIN[,DOMAIN...]`, or `full`.
        install: What becomes of packages that code asks for; one of `INSTALLS`.
        packages: Those that are installed without asking: names with versions or without, between
            commas.
        allowed_sources: Sources that are added without asking: patterns of addresses, such as
            `https://github.com/acme/*`, between commas.
        hooks: Whole paths of the repositories whose own git hooks run, between commas.
        mcp_config: A file of tool servers, in the form that other clients use; empty for none.
        gateway: The address of a Jupyter gateway to run kernels on; empty for this machine.
        kernel_name: An installed kernelspec to use instead of the sandbox; empty for none.
        deliver: What becomes of a run's commits; one of `DELIVERIES`.
        retriever: How actions are found; one of `RETRIEVERS`.
        embeddings: The embedding model of the hybrid retriever: a name at the endpoint, or
            `local:NAME`; empty for OpenAI's small one.
        search: The search engine that `search_web` asks; one of `SEARCHES`.
        search_url: Its address; empty for its own. SearXNG has to be named.
        search_price: US dollars that one search costs; None for what is known of the engine.
        vision_model: The model that `look_at_image` asks; empty for that of the run.
        audio_model: The model that `transcribe_audio` asks; empty for that of the run.
        api: What the model's endpoint is asked by; one of `APIS`.
        temperature: The model's sampling temperature, 0 to 2; None for its own.
        seed: The model's seed, 0 or more; None for none.
        reasoning_effort: How much a reasoning model is to think (`low`, `medium`, `high`, ...);
            empty for its own.
        max_output_tokens: Tokens that one reply may have; None for the model's own limit.
        request_timeout: Seconds to wait for the endpoint to go on with its answer.
        retries: How often a request is made again where that can help; 0 for never.
    """

    model: str = ""
    max_steps: int = 20
    max_tokens: int = 0
    max_cost: float = 0.0
    max_seconds: float = 0.0
    approve: str = "never"
    cell_timeout: float = 300.0
    k: int = 10
    accept: Evidence = Evidence.SOLVED
    sandbox: str = "auto"
    memory: str = "4GiB"
    network: str = "none"
    install: str = "ask"
    packages: str = ""
    allowed_sources: str = ""
    hooks: str = ""
    mcp_config: str = ""
    gateway: str = ""
    kernel_name: str = ""
    deliver: str = "merge"
    retriever: str = "lexical"
    embeddings: str = ""
    search: str = "none"
    search_url: str = ""
    search_price: float | None = None
    vision_model: str = ""
    audio_model: str = ""
    api: str = "auto"
    temperature: float | None = None
    seed: int | None = None
    reasoning_effort: str = ""
    max_output_tokens: int | None = None
    request_timeout: float = 600.0
    retries: int = 5

    @property
    def memory_bytes(self) -> int:
        """`memory` in bytes."""
        return size_in_bytes(self.memory)
