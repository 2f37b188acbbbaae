"""One library, opened: what is in it, what it finds, and the way in.

The public face of the package. Everything behind it is made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from dynasaur.config import PACKAGE, data_folder
from dynasaur.errors import ActionError, StoreError, UsageError
from dynasaur.store import Store
from dynasaur.types import BARE, BASE, LOCAL, Action, Evidence, Hit

if TYPE_CHECKING:
    from dynasaur.agent.protocols import HostFunctions, Kernel, KernelFactory
    from dynasaur.categories import Categories
    from dynasaur.listing import Listed
    from dynasaur.models.embeddings import EndpointEmbeddings, LocalEmbeddings
    from dynasaur.packages import Packages
    from dynasaur.record import Admission, Trajectory
    from dynasaur.registry import Registry
    from dynasaur.repo import Deliver, Repo
    from dynasaur.retriever import Retriever
    from dynasaur.usage import Report

    Embeddings = EndpointEmbeddings | LocalEmbeddings


class Library:
    """A git repository's actions, and those of its sources.

    Args:
        path: The library's root, the folder that holds `actions/`.
        accept: The weakest evidence that admits a generated action.
        deliver: What becomes of the commits of what is admitted.
        kernel: Makes a kernel from its work folder and host functions; by default a sandboxed one.
        packages: Installs what code asks for; by default nothing is.
        usage: Let actions that returned for similar tasks rise a little in a search.
        initial: The initial actions are there, as the source `base`.
        tools: The actions of the tools that other programs serve; None for none.
        sandboxed: Code runs in a sandbox; where not, no code of other libraries is run.
        embeddings: An embedding model, by which actions are found beside their words.
        progress: Told of each action that is read into the index, and how many there are to read.
        warn: Told on one line what the user should know of a search.
        data: Where runs, index and counters lie; by default `.dynasaur` in it.
        hooks: Whole paths of the repositories whose own git hooks run, between commas.

    Raises:
        UsageError: There is no library there.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        accept: Evidence = Evidence.SOLVED,
        deliver: Deliver = "merge",
        kernel: KernelFactory | None = None,
        packages: Packages | None = None,
        usage: bool = True,
        initial: bool = True,
        tools: Store | None = None,
        sandboxed: bool = True,
        embeddings: Embeddings | None = None,
        progress: Callable[[int, int], None] | None = None,
        warn: Callable[[str], object] | None = None,
        data: Path | None = None,
        hooks: str = "",
    ) -> None:
        self.root = Path(path).expanduser().absolute()
        self.data = data or data_folder(self.root)
        self._accept = accept
        self._deliver = deliver
        self._packages = packages
        self.kernel = kernel or self._sandboxed
        self._usage = usage
        self._initial = initial
        self.tools = tools
        self.sandboxed = sandboxed
        self._embeddings = embeddings
        self._progress = progress
        self._warn = warn
        self._hooks = hooks
        if not (self.root / PACKAGE / "__init__.py").is_file():
            raise UsageError(
                f"{self.root} is no library: it has no {PACKAGE}/ package; "
                f"make one with `dynasaur init {self.root}`"
            )

    @classmethod
    def create(cls, path: Path | str) -> tuple[Library, str]:
        """Make a library, or complete one: a git repository with an actions package.

        Returns:
            The library, and what the user should know of how it was made (often empty).

        Raises:
            StoreError: It cannot be made there.
        """
        from dynasaur.repo import Repo

        root = Path(path).expanduser().absolute()
        repo = Repo.init(root)
        author = f"{repo.identity.name} <{repo.identity.email}>"
        note = f"git has no user.name and user.email: committing as {author}"
        notes = [note if repo.identity.fallback else "", repo.uncommitted_note()]
        return cls(root), "; ".join(filter(None, notes))

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """The best `k` actions for a query in words, best first."""
        return self.retriever.search(query, k)

    def get(self, name: str) -> Action:
        """The action of a name, bare (`mean`) or qualified (`base/stats/mean`).

        Raises:
            ActionError: There is none; names the nearest.
        """
        action = self.retriever.find(name)
        if action is None:
            near = self.retriever.qualified(name)[:5] or get_close_matches(name, self.names(), n=3)
            hint = f"did you mean {', '.join(near)}?" if near else "see `dynasaur list --all`"
            raise ActionError(f"no action {name!r}: {hint}")
        return action

    def names(self) -> list[str]:
        """The bare names of all actions, found without reading a file."""
        return sorted({one.name for store in self._stores for one in store.entries().values()})

    def get_at(self, name: str, revision: str) -> Action:
        """One of the library's own actions as it was committed at a revision.

        Raises:
            ActionError: There is no such commit, or no such action in it.
            StoreError: The library is no git repository.
        """
        from dynasaur.source import read_action

        then, bare = self.repo.at(revision), name.rpartition("/")[2]
        for path in then.files(PACKAGE):
            parts = PurePosixPath(path).with_suffix("").parts
            if parts[-1] == bare and parts[1:2] != ("vendor",) and path.endswith(".py"):
                return read_action(
                    then.text(path),
                    path=self.root / path,
                    category="/".join(parts[1:-1]),
                    source=LOCAL,
                    module=".".join(parts),
                )
        raise ActionError(f"no action {name!r} at {revision}; see `dynasaur history {bare}`")

    def actions(self) -> Iterator[Action]:
        """Every readable action, the library's own first, then by source, category and name."""
        from dynasaur.listing import in_order

        for store, entry in in_order(self._stores):
            with suppress(ActionError):
                yield store.read(entry)

    def listing(self, *, everything: bool = True, most: int | None = None) -> list[Listed]:
        """What there is to say of each file, in the same order; only changed files are read.

        Args:
            everything: Those of its sources, too.
            most: Read no more files than that, and tell the names alone of the others.
        """
        from dynasaur.listing import Listing, in_order

        own = (one for one in in_order(self._stores) if everything or one[1].source == LOCAL)
        return Listing(self.data / "listing.sqlite").of(own, most=most)

    def add(self, text: str) -> Admission:
        """Put functions that a person wrote through the gate, and commit what it admits.

        Args:
            text: One or more functions with what they need, as Python source.
        """
        from dynasaur.trajectory import new_id

        return self.registry.add(new_id(), text)

    def count(self, result: Trajectory) -> None:
        """Count what became of actions in a run.

        Where the counters cannot be written nothing is lost: `usage` reads the run's record.
        """
        from dynasaur.trajectory import to_json
        from dynasaur.usage import Counters

        with suppress(StoreError):
            Counters(self.data).count(to_json(result))

    def usage(self) -> Report:
        """What became of actions in all the runs that are over.

        Raises:
            StoreError: The counters cannot be read or written.
        """
        from dynasaur.counting import counted

        return counted(self.data, self.runs)

    def _experience(self) -> Report:
        """For the retriever, which does without where there are no counters."""
        from dynasaur.usage import Report

        try:
            return self.usage()
        except StoreError:
            return Report()

    @property
    def runs(self) -> Path:
        """The folder of runs."""
        return self.data / "runs"

    @cached_property
    def repo(self) -> Repo:
        """Its git repository. Raises StoreError where there is none."""
        from dynasaur.repo import Repo

        return Repo(self.root, hooks=self._hooks)

    @cached_property
    def retriever(self) -> Retriever:
        """The way out."""
        from dynasaur.index import Vectors
        from dynasaur.pins import aliases_of
        from dynasaur.retriever import Permit, Retriever
        from dynasaur.snapshot import lock_of

        folder, model = self.data / "index", self._embeddings
        return Retriever(
            self._stores,
            folder,
            permit=Permit(PACKAGE, lambda: lock_of(self.root), self.sandboxed),
            progress=self._progress,
            experience=self._experience if self._usage else None,
            dense=Vectors(folder, model.name, model) if model else None,
            warn=self._warn,
            aliases=lambda: aliases_of(self.root),
        )

    @cached_property
    def categories(self) -> Categories:
        """Which category an action belongs to, learned from those that are there."""
        from dynasaur.categories import Categories, examples

        return Categories(lambda: examples(self._stores, {LOCAL, BASE}))

    @cached_property
    def registry(self) -> Registry:
        """The way in."""
        from dynasaur.registry import Gate, Registry

        return Registry(
            self._stores,
            repo=lambda: self.repo,
            kernel=self.kernel,
            folder=self.data,
            gate=Gate(
                self._accept,
                category=self.categories.of,
                deliver=self._deliver,
                distribution=self.packages.distribution_of,
                supply=self.packages.ensure,
                sandboxed=self.sandboxed,
            ),
        )

    @cached_property
    def _stores(self) -> tuple[Store, ...]:
        from dynasaur.snapshot import stores

        found = [one for one in stores(self.root) if self._initial or one.source != BASE]
        return (*found, self.tools) if self.tools else tuple(found)

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources that people added, as far as they are in the cache."""
        return tuple(one.source for one in self._stores if one.source not in BARE)

    @cached_property
    def packages(self) -> Packages:
        """What is installed for the library's kernels."""
        from dynasaur.packages import Packages

        return self._packages or Packages(self.data / "packages")

    def _sandboxed(self, work: Path, functions: HostFunctions) -> Kernel:
        from dynasaur.kernel.client import JupyterKernel

        folder, site = self.packages.folder, self.packages.site
        return JupyterKernel(work, functions=functions, packages=folder, site=site)
