"""What the owner is told when no model gave an answer, or one broke off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import ChatIdentity


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one model gave no answer; without an error it was not asked, as the request was not for it."""

    identity: ChatIdentity
    error: AIProviderError | AIProviderUnavailableError | None = None

    @property
    def sentence(self) -> str:
        """For the owner."""
        return self.error.message if self.error is not None else "This is not for it, so it was not asked."


def nobody_answers(problems: Sequence[Problem], *, kept_here: bool) -> AIProviderError | AIProviderUnavailableError:
    """One error that names each model and why. `kept_here`: there are others, which must not see this."""
    locked = " Models elsewhere were not asked: this must not leave this machine." if kept_here else ""
    if not problems:
        return AIProviderUnavailableError(
            f"No model on this machine can be asked.{locked}"
            if kept_here
            else "No language model is set up. Start Ollama, or choose a model in the settings."
        )
    errors = [problem.error for problem in problems if problem.error is not None]
    if len(problems) == 1 and errors and not kept_here:
        return errors[0]
    told = " ".join(_with_name(problem) for problem in problems)
    message = f"No model can answer now. {told}{locked}"
    if errors and all(isinstance(error, AIProviderError) for error in errors):
        return AIProviderError(message)
    waits = [error.retry_after for error in errors if error.retry_after is not None]
    return AIProviderUnavailableError(message, retry_after=min(waits, default=None))


def _with_name(problem: Problem) -> str:
    name, sentence = problem.identity.name, problem.sentence
    return sentence if sentence.startswith(name) else f"{name}: {sentence}"


def broke_off(
    identity: ChatIdentity, error: AIProviderError | AIProviderUnavailableError
) -> AIProviderUnavailableError:
    """The answer ended in the middle, after some of it was shown."""
    return AIProviderUnavailableError(
        f"The answer of {identity.name} broke off. What was written is kept; ask again for the rest. {error.message}",
        details=error.details,
        retry_after=error.retry_after,
    )
