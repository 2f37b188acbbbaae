"""How long to go on asking an endpoint that fails: back-off, jitter and bounds.

The openai package has retries of its own. They are switched off, because they also retry what
waiting cannot mend (no credit, 501), know no bound on the whole time, and sleep where nobody
can interrupt or measure them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dynasaur.models.failures import Failure

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """The bounds on trying again, in requests and seconds.

    Attributes:
        attempts: Requests in all, the first one included.
        seconds: No new attempt begins later than this after the first.
        first: The wait before the second attempt; it doubles from there.
        longest: The wait never grows past this.
        longest_asked: The longest `Retry-After` that is waited for.
        sleep: Waits.
        clock: Gives the time for `seconds`.
        chance: A number in [0, 1) that spreads the waits of many clients.
    """

    attempts: int = 6
    seconds: float = 600.0
    first: float = 1.0
    longest: float = 30.0
    longest_asked: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def ask(
        self,
        send: Callable[[], _T | Failure],
        waiting: Callable[[float, str], None] | None = None,
    ) -> _T:
        """Send until an answer comes.

        Args:
            send: Makes one request, and gives its answer or why there is none.
            waiting: Told of each wait before it begins: its seconds, and what went wrong.

        Raises:
            DynasaurError: The last failure, when trying again cannot help or has gone on for
                long enough.
        """
        began = self.clock()
        attempts = 0
        while isinstance(result := send(), Failure):
            attempts += 1
            wait = self._wait(result, attempts, self.clock() - began)
            if waiting:
                waiting(wait, result.message)
            self.sleep(wait)
        return result

    def _wait(self, failure: Failure, attempts: int, elapsed: float) -> float:
        """Seconds to wait before the next attempt; raises where there is to be none."""
        if not failure.retry:
            raise failure.error()
        allowed = min(self.attempts, failure.attempts or self.attempts)
        if attempts >= allowed:
            raise failure.error(f"; gave up after {attempts} attempts" if attempts > 1 else "")
        wait = self._backoff(attempts)
        if failure.wait is not None:
            if failure.wait > self.longest_asked:
                asked = f"{failure.wait:,.0f}" if failure.wait < 1e9 else "very many"
                raise failure.error(
                    f"; the endpoint asks to wait {asked} seconds, "
                    f"more than the {self.longest_asked:,.0f} that are waited for: try later"
                )
            wait = max(wait, failure.wait)
        if elapsed + wait > self.seconds:
            raise failure.error(f"; gave up after {elapsed:,.0f} seconds")
        return wait

    def _backoff(self, attempts: int) -> float:
        wait: float = min(self.first * 2.0 ** (attempts - 1), self.longest)
        return wait * (0.75 + 0.25 * self.chance())
