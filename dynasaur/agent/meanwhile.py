"""What is done while a model is being asked, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable

from dynasaur.types import Ear


class Meanwhile(Ear):
    """Keeps work until the next request is on its way; passes on what else a model tells.

    Args:
        ear: Told the rest.
    """

    def __init__(self, ear: Ear) -> None:
        self.wants_stream = ear.wants_stream
        self._ear = ear
        self._work: list[Callable[[], None]] = []
        self._error: Exception | None = None

    def later(self, work: Callable[[], None]) -> None:
        """Keep some work."""
        self._work.append(work)

    def now(self) -> None:
        """Do what is still kept.

        Raises:
            Exception: What the work raised, now or when a request went out.
        """
        self.sent()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def sent(self) -> None:
        """The request is on its way; an error waits, for it is none of the request's."""
        work, self._work = self._work, []
        try:
            for one in work:
                one()
        except Exception as error:  # noqa: BLE001 - raised by `now`
            self._error = error

    def heard(self, text: str) -> None:
        """The next piece of the thought."""
        self._ear.heard(text)

    def waiting(self, seconds: float, why: str) -> None:
        """The model is asked again later."""
        self.sent()
        self._ear.waiting(seconds, why)

    def remarked(self, line: str) -> None:
        """Something is not to be had."""
        self._ear.remarked(line)
