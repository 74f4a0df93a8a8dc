"""LiteLLM, loaded when a cloud model is first called: it takes seconds and some 190 MB."""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from typing import Any

import httpx

from cortex.config import forbid_litellm_extras
from cortex.exceptions import AIProviderUnavailableError

_loading = threading.Lock()
_loaded: Any = None


async def litellm() -> Any:
    """The module, with everything switched off that is not asking a model. Raises AIProviderUnavailableError."""
    return _loaded or await asyncio.to_thread(_load)


def is_loaded() -> bool:
    """Whether the next call finds it in memory."""
    return _loaded is not None


def _load() -> Any:
    global _loaded  # noqa: PLW0603 - a module is loaded once in a process, whoever asks for it
    with _loading:
        if _loaded is None:
            forbid_litellm_extras()
            _silence()
            try:
                import litellm as module
            except ImportError as error:
                raise AIProviderUnavailableError(
                    f"LiteLLM, through which cloud models are asked, cannot be loaded: {error} Install Cortex again."
                ) from error
            _calm(module)
            _loaded = module
        return _loaded


def _calm(module: Any) -> None:
    """No connections of its own, no callbacks, no retries, no words on standard output."""
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler, HTTPHandler

    from cortex.providers.cloud_exchange import NoTransport

    module.suppress_debug_info = True
    module.set_verbose = False
    module.turn_off_message_logging = True
    module.disable_streaming_logging = True
    module.disable_hf_tokenizer_download = True
    module.num_retries = 0
    module.drop_params = True  # what a model does not know (a temperature, say) is left out rather than refused
    module.modify_params = True  # messages are made to fit a service's rules, such as a tool's result without tools
    warnings.filterwarnings("ignore", r"Item '.*' on TypedDict class", UserWarning)  # about its own types
    for callbacks in ("callbacks", "input_callback", "success_callback", "failure_callback"):
        setattr(module, callbacks, [])
    _silence()

    # The client of OpenAI's library, and those of all others: none leads anywhere but to the exchange of a call.
    module.aclient_session = _ambient_client()
    module.client_session = httpx.Client(transport=NoTransport(), trust_env=False)
    # There is no setting for these two.
    replace: Any = setattr
    replace(AsyncHTTPHandler, "create_client", lambda _, *args, **kwargs: _ambient_client())
    made = HTTPHandler.__init__
    replace(HTTPHandler, "__init__", lambda self, *args, **kwargs: made(self, client=module.client_session))
    for handler in module.in_memory_llm_clients_cache.cache_dict.values():  # those that its import made
        handler.client = _ambient_client()


def _silence() -> None:
    for name in ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)  # its messages may repeat what was asked, or a header
        logger.handlers.clear()


def _ambient_client() -> httpx.AsyncClient:
    from cortex.providers.cloud_exchange import SILENCE_SECONDS, AmbientTransport

    # Redirects could lead a key elsewhere. How long to wait is the exchange's business.
    return httpx.AsyncClient(
        transport=AmbientTransport(), trust_env=False, follow_redirects=False, timeout=SILENCE_SECONDS
    )
