"""Which language models may be asked, in which order: the owner's settings, and what is there."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.exceptions import ValidationError
from cortex.providers.chat_model import ChatModel
from cortex.services.settings import SettingsService


class ModelChoice:
    """Keeps the models that the settings name, opened once."""

    def __init__(self, settings: SettingsService):
        self._settings = settings
        self._fixed: tuple[ChatModel, ...] | None = None

    def use(self, *models: ChatModel) -> None:
        """Ask these instead of what the settings say: for demonstrations and tests."""
        self._fixed = models

    async def chain(self, model: str | None = None) -> Sequence[ChatModel]:
        """The models to ask, first choice first. Raises ValidationError when none has this name."""
        models = self._fixed or ()
        if model is None:
            return models
        named = [one for one in models if model in (one.identity.model, one.identity.name)]
        if not named:
            raise ValidationError(f"There is no model {model!r} here.")
        return named

    async def aclose(self) -> None:
        """Close what was opened."""
        for model in self._fixed or ():
            await model.aclose()
