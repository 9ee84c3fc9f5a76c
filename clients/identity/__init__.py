"""Who a client is to a service: an identity token, fetched, kept and renewed, never shown."""

from clients.identity.finding import identity_for
from clients.identity.how import How
from clients.identity.keeping import Identity

__all__ = ["How", "Identity", "identity_for"]
