"""Why something did not come from the web, in words that fit whatever it was: what that means is said by the caller."""

from __future__ import annotations

from http import HTTPStatus

from cortex.exceptions import FetchError

_REASONS = {
    "blocked": "{host} leads to this machine or a private network, and nothing is fetched from there.",
    "invalid_url": "This is not an http or https address that can be fetched.",
    "dns": "{host} was not found: this machine is offline, or there is no such site.",
    "connect": "{host} could not be reached.",
    "timeout": "{host} did not answer in time.",
    "tls": "{host} could not prove who it is.",
    "protocol": "{host} does not speak HTTP properly.",
    "redirects": "{host} redirects too many times.",
    "encoding": "What {host} sent is packed in a way that cannot be read.",
    "too_large": "What {host} sent is larger than the limit.",
}


def reason_for(error: FetchError, host: str) -> str:
    """One sentence about the failure of a fetch from `host`."""
    kind, _, status = error.reason.partition("_")
    if kind == "http" and status.isdigit():
        known = status in {str(one.value) for one in HTTPStatus}
        phrase = f" ({HTTPStatus(int(status)).phrase})" if known else ""
        return f"{host} answered {status}{phrase}."
    return _REASONS.get(error.reason, "{host} could not be asked.").format(host=host)
