"""Data from the Hugging Face hub, by the user's own login; it stays in the hub's own cache."""

from __future__ import annotations

from pathlib import Path

from dynasaur.errors import FailureError, UsageError
from dynasaur.evals.suites.suite import Suite


def download(suite: Suite) -> Path:
    """The folder of a suite's data as it is published.

    Raises:
        UsageError: The suite is not on the hub, needs a login or an accepted licence, or the
            library that speaks to the hub is not installed.
        FailureError: The hub cannot be reached.
    """
    if not suite.hub:
        raise UsageError(f"name the data with --data DIR; get it from {suite.page}")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError
    except ImportError:
        raise UsageError(
            "data from the hub needs huggingface-hub; pip install 'dynasaur[eval]', or name the "
            f"data with --data DIR, from {suite.page}"
        ) from None
    try:
        return Path(snapshot_download(suite.hub, repo_type="dataset"))
    except (GatedRepoError, RepositoryNotFoundError) as error:
        raise UsageError(
            f"{suite.name} is not open to everybody: accept its terms at {suite.page}, log in "
            "with `hf auth login`, then run this again; or use --data DIR"
        ) from error
    except (HfHubHTTPError, OSError, ValueError, LookupError, TypeError) as error:
        said = " ".join(str(error).split())[:200]
        raise FailureError(
            f"{suite.page} cannot be read: {said}; --data DIR takes a copy that you have"
        ) from error
