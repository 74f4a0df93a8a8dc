"""The tree of errors that Cortex raises on purpose.

Each class's docstring is its default message; `code` is what clients read in `error` (api.md).
No HTTP status stands here: `cortex.api.errors` holds the one table from exception to status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

Details = Mapping[str, object] | Sequence[object] | None


class CortexError(Exception):
    """Something went wrong inside Cortex."""

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str | None = None, *, details: Details = None, retry_after: float | None = None):
        self.message = message or " ".join((type(self).__doc__ or type(self).__name__).split())
        self.details = details
        self.retry_after = retry_after
        """Seconds after which another try makes sense, where that is known."""
        super().__init__(self.message)


class ConfigurationError(CortexError):
    """A setting has a value that Cortex cannot work with. Nothing was started."""

    code = "configuration_error"


class PortTakenError(ConfigurationError):
    """Another program listens on the port. Nothing was started."""


class ValidationError(CortexError):
    """The request is not valid."""

    code = "validation_error"


class UnauthorizedError(CortexError):
    """This needs Cortex's token, a session or an API key. Run `cortex open` to sign a browser in."""

    code = "unauthorized"


class ForbiddenError(CortexError):
    """This is not allowed for whoever asked."""

    code = "forbidden"


class NotFoundError(CortexError):
    """There is no such thing."""

    code = "not_found"


class RouteNotFoundError(NotFoundError):
    """There is nothing at this address. `/docs` names all that there is."""

    code = "route_not_found"


class ItemNotFoundError(NotFoundError):
    """There is no such item."""

    code = "item_not_found"


class ConversationNotFoundError(NotFoundError):
    """There is no such conversation."""

    code = "conversation_not_found"


class MessageNotFoundError(NotFoundError):
    """There is no such message."""

    code = "message_not_found"


class TagNotFoundError(NotFoundError):
    """There is no such tag."""

    code = "tag_not_found"


class TaskNotFoundError(NotFoundError):
    """There is no such task."""

    code = "task_not_found"


class CollectionNotFoundError(NotFoundError):
    """There is no such collection."""

    code = "collection_not_found"


class KeyNotFoundError(NotFoundError):
    """There is no such API key."""

    code = "key_not_found"


class SessionNotFoundError(NotFoundError):
    """There is no such session."""

    code = "session_not_found"


class SearchNotFoundError(NotFoundError):
    """There is no such saved search."""

    code = "search_not_found"


class AssetNotFoundError(NotFoundError):
    """There is no such file for this item."""

    code = "asset_not_found"


class HighlightNotFoundError(NotFoundError):
    """There is no such highlight."""

    code = "highlight_not_found"


class UndoNotFoundError(NotFoundError):
    """There is nothing to undo under this id: it was undone already or is older than a day."""

    code = "undo_not_found"


class ConflictError(CortexError):
    """This does not fit the present state."""

    code = "conflict"


class ConversationBusyError(ConflictError):
    """An answer is still being made in this conversation. Wait for it, or cancel it; nothing was stored."""


class PayloadTooLargeError(CortexError):
    """This is larger than the limit. Nothing was stored."""

    code = "payload_too_large"


class UnsupportedMediaTypeError(CortexError):
    """This kind of content cannot be read. Nothing was stored."""

    code = "unsupported_media_type"


class RateLimitedError(CortexError):
    """Too many tries. Wait a moment, then try again."""

    code = "rate_limited"


class StorageFullError(CortexError):
    """The disk is full: nothing of this was saved. What was there is safe; free some room, then try again."""

    code = "storage_full"


class StorageError(CortexError):
    """The library on disk could not be read or written."""

    code = "storage_error"


class SchemaTooNewError(StorageError):
    """This library was written by a newer Cortex. Nothing was changed; start the newer version to open it."""

    code = "schema_too_new"


class LibraryLockedError(StorageError):
    """Another Cortex already has this library open."""

    code = "library_locked"


class ProcessingError(CortexError):
    """This could not be processed. What was captured is kept."""

    code = "processing_error"


class ExtractionError(ProcessingError):
    """The text of this document could not be read. The original is kept.

    `reason` is a short stable word: encrypted, damaged, empty, too_slow, too_large, unsupported, crashed.
    """

    def __init__(self, message: str, *, reason: str):
        super().__init__(message)
        self.reason = reason


class FetchError(ProcessingError):
    """The page could not be fetched. The address is kept.

    `waiting` is true when it is worth trying again by itself (offline, time-outs, 429, 5xx).
    """

    def __init__(self, message: str, *, reason: str, waiting: bool = False, retry_after: float | None = None):
        super().__init__(message, retry_after=retry_after)
        self.reason = reason
        self.waiting = waiting


class PageNotFetchedError(CortexError):
    """The page could not be fetched again. The copy that is here is kept."""

    code = "page_not_fetched"


class CheckpointRefusedError(StorageError):
    """The notes on how far a run came are not as Cortex wrote them. They are discarded and the run starts over."""

    code = "checkpoint_refused"


class AIProviderError(CortexError):
    """The model answered with an error."""

    code = "ai_provider_error"


class AIProviderUnavailableError(CortexError):
    """No model is available for this right now."""

    code = "ai_provider_unavailable"


class AIProviderTimeoutError(AIProviderUnavailableError):
    """The model took too long to answer. It may be loading, or busy with something else."""


class AIModelMissingError(AIProviderError):
    """The model is not there. Choose another one, or pull it."""


class ToolCallNotFoundError(NotFoundError):
    """No such tool call waits for a decision."""

    code = "tool_call_not_found"


class DigestNotFoundError(NotFoundError):
    """There is no such digest."""

    code = "digest_not_found"
