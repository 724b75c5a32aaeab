"""Ratios that a noisy machine cannot bend: floor and candidate take turns."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter

BATCH_SECONDS = 0.06

Act = Callable[[], object]
Seconds = Mapping[str, Sequence[float]]


def seconds_of(act: Act, times: int) -> float:
    """How long `act` takes once, over so many times."""
    started = perf_counter()
    for _ in range(times):
        act()
    return (perf_counter() - started) / times


def take_turns(acts: Mapping[str, Act], *, rounds: int, times: int = 0) -> Seconds:
    """Each act in every round: forwards, then backwards. Seconds once, by name.

    Without `times` an act is repeated until its turn is long enough for the clock.
    """
    repeats = {name: times or _repeats(act) for name, act in acts.items()}
    found: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(rounds):
        names = list(acts) if turn % 2 == 0 else list(acts)[::-1]
        for name in names:
            found[name].append(seconds_of(acts[name], repeats[name]))
    return found


def _repeats(act: Act) -> int:
    once = min(seconds_of(act, 1) for _ in range(3))
    return max(2, math.ceil(BATCH_SECONDS / max(once, 1e-6)))


def throughput_ratio(floor: Sequence[float], candidate: Sequence[float]) -> float:
    """The candidate's throughput as a part of the floor's: the pairs' median."""
    return median(f / c for f, c in zip(floor, candidate, strict=True))


def told(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.2f} ms"
