"""Whether the push subscription reaches the service, and is believed there."""

from __future__ import annotations

from collections.abc import Iterator

from clients.doctor.finding import Finding, failed, passed, undetermined
from clients.doctor.pubsub import NAME, Subscription
from service.settings import Settings

PATHS = ("/pubsub/push", "/process", "")
ACK_SECONDS = 540
UPDATE = "gcloud pubsub subscriptions"


def pushed(
    path: str, found: Subscription, settings: Settings, url: str | None
) -> Iterator[Finding]:
    """`url` is the service's; else it is what callers' tokens must name."""
    if found.get("detached") or found.get("state", "ACTIVE") != "ACTIVE":
        says = f"{path} gets no messages: {found.get('state', 'detached')}"
        yield failed(NAME, says, "make it anew: docs/push.md")
    else:
        yield passed(NAME, f"{path} listens to {found.get('topic')}")
    push = found.get("pushConfig") or {}
    endpoint = str(push.get("pushEndpoint") or "")
    service = (url or settings.audience or "").rstrip("/")
    yield _endpoint(path, endpoint, service)
    yield _token(path, push.get("oidcToken") or {}, endpoint, settings)
    yield _deadline(path, int(found.get("ackDeadlineSeconds") or 0), settings)
    yield _dead_letters(path, found)


def _endpoint(path: str, endpoint: str, service: str) -> Finding:
    name = "push endpoint"
    if not endpoint:
        do = f"`{UPDATE} update {path} --push-endpoint=URL/pubsub/push`"
        return failed(name, "it is to be pulled, which the service doesn't", do)
    if not service:
        return undetermined(name, f"it is {endpoint}", "say the service's address by --url")
    if endpoint.rstrip("/") not in {f"{service}{one}" for one in PATHS}:
        do = f"`{UPDATE} update {path} --push-endpoint={service}/pubsub/push`"
        return failed(name, f"it is {endpoint}, the service is at {service}", do)
    return passed(name, endpoint)


def _token(path: str, token: Subscription, endpoint: str, settings: Settings) -> Finding:
    """Without a word for it, a token's audience is the endpoint."""
    name, account = "push audience", str(token.get("serviceAccountEmail") or "")
    wanted, audience = settings.audience, str(token.get("audience") or endpoint)
    if not account:
        if settings.auth == "none":
            return undetermined(name, "no token is sent, and TIPOFF_AUTH=none wants none")
        do = f"`{UPDATE} update {path} --push-auth-service-account=ACCOUNT`, and its audience"
        return failed(name, f"no token is sent, and TIPOFF_AUTH={settings.auth} wants one", do)
    if not wanted:
        says = f"tokens name {audience}, and TIPOFF_AUDIENCE is not set here"
        return undetermined(name, says, "set TIPOFF_AUDIENCE and TIPOFF_AUTH as the service has it")
    if audience != wanted:
        do = f"`{UPDATE} update {path} --push-auth-token-audience={wanted}`"
        return failed(name, f"tokens name {audience}, TIPOFF_AUDIENCE is {wanted}", do)
    if account not in settings.allowed_emails:
        says = f"tokens name {audience} as they should, but are {account}'s"
        return failed(name, says, "put the account into TIPOFF_ALLOWED_EMAILS")
    return passed(name, f"{audience}, by {account}")


def _deadline(path: str, seconds: int, settings: Settings) -> Finding:
    """What isn't acknowledged in time comes again, while the first is still at work."""
    name, longest = "ack deadline", settings.deadline_seconds
    if seconds <= longest:
        says = f"{seconds} s, and a range may work {longest:g} s: what is at work comes again"
        return failed(name, says, f"`{UPDATE} update {path} --ack-deadline={ACK_SECONDS}`")
    return passed(name, f"{seconds} s, more than the {longest:g} s that a range may work")


def _dead_letters(path: str, found: Subscription) -> Finding:
    name, policy = "dead letter policy", found.get("deadLetterPolicy") or {}
    if not policy.get("deadLetterTopic"):
        do = f"`{UPDATE} update {path} --dead-letter-topic=TOPIC --max-delivery-attempts=100`"
        return undetermined(
            name, "none: what is refused until it is too old is gone without a word", do
        )
    attempts = policy.get("maxDeliveryAttempts", 5)
    return passed(name, f"{policy['deadLetterTopic']} after {attempts} deliveries")
