"""How much time of workers each caller used lately; what is long ago counts less and less."""

from __future__ import annotations

_HALF_AFTER_S = 30.0
_FORGOTTEN_S = 0.001
_MOST_CALLERS = 1000


class Usage:
    """Seconds by caller, halved every half minute. Times are those of one monotonic clock."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[float, float]] = {}

    def of(self, caller: str, now: float) -> float:
        """What a caller used, as it counts now."""
        seconds, then = self._used.get(caller, (0.0, now))
        return float(seconds * 0.5 ** ((now - then) / _HALF_AFTER_S))

    def add(self, caller: str, seconds: float, now: float) -> None:
        """Count what a caller used just now."""
        self._used[caller] = (self.of(caller, now) + seconds, now)
        if len(self._used) > _MOST_CALLERS:
            self._used = {
                one: used for one, used in self._used.items() if self.of(one, now) > _FORGOTTEN_S
            }
