"""How long it will take, as far as that can be known."""

from __future__ import annotations

from clients.backfill.looking import Measured


def estimate(dates: int, measured: Measured | None, *, rate: float | None) -> str:
    """Before the first date. The service computes one at a time, whatever is in flight."""
    if measured is None:
        return "unknown until the first dates are done"
    seconds = dates * measured.seconds
    if rate is not None:
        seconds = max(seconds, dates / rate)
    of = "date" if measured.dates == 1 else "dates"
    return f"about {span(seconds)}, from the last {measured.dates} {of} done there"


def remaining(left: int, done: int, seconds: float) -> str:
    """While it runs: at the rate so far."""
    if not left:
        return "none left"
    if not done or not seconds:
        return "unknown until the first dates are done"
    return f"about {span(left * seconds / done)} left"


def span(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`: no more digits than are known."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"
