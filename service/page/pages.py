"""Every page's router, in the order of the page's own navigation."""

from __future__ import annotations

from service.page import actions, assets, calendar, dates, features, players, work

ROUTERS = (
    assets.router,
    calendar.router,
    dates.router,
    players.router,
    features.router,
    work.router,
    actions.router,
)
