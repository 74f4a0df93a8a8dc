"""What well-known embedding models want to read in front of a text, by what the text is for.

Models were trained with these prefixes and find worse without them. They change the vectors, so the recipe's name is
part of the fingerprint of an embedding space.
"""

from __future__ import annotations

from dataclasses import dataclass

from cortex.providers.base import Purpose


@dataclass(frozen=True, slots=True)
class EmbeddingRecipe:
    """Prefixes, as the model's authors give them."""

    key: str
    """Changes with the prefixes."""
    document: str = ""
    query: str = ""

    def apply(self, text: str, purpose: Purpose) -> str:
        """The text as the model is to read it."""
        return f"{self.document if purpose == 'document' else self.query}{text}"


PLAIN = EmbeddingRecipe("plain")
_NOMIC = EmbeddingRecipe("nomic", "search_document: ", "search_query: ")
_RETRIEVE = "Represent this sentence for searching relevant passages: "
_E5_INSTRUCT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
_RECIPES = (
    ("nomic-embed", _NOMIC),
    ("mxbai-embed", EmbeddingRecipe("mxbai", "", _RETRIEVE)),
    ("snowflake-arctic-embed2", EmbeddingRecipe("arctic2", "", "query: ")),
    ("snowflake-arctic-embed", EmbeddingRecipe("arctic", "", _RETRIEVE)),
    ("bge-large", EmbeddingRecipe("bge", "", _RETRIEVE)),
    ("bge-base", EmbeddingRecipe("bge", "", _RETRIEVE)),
    ("bge-small", EmbeddingRecipe("bge", "", _RETRIEVE)),
    ("embeddinggemma", EmbeddingRecipe("gemma", "title: none | text: ", "task: search result | query: ")),
    ("qwen3-embedding", EmbeddingRecipe("qwen3", "", _E5_INSTRUCT)),
    ("multilingual-e5-large-instruct", EmbeddingRecipe("e5-instruct", "", _E5_INSTRUCT)),
    ("e5-", EmbeddingRecipe("e5", "passage: ", "query: ")),
)
"""The first whose beginning occurs in the model's own name counts."""


def recipe_for(model: str) -> EmbeddingRecipe:
    """The recipe of a model, by its name with or without owner and tag; without prefixes where none is known."""
    name = model.strip().lower().rpartition("/")[2].partition(":")[0]
    return next((recipe for beginning, recipe in _RECIPES if beginning in name), PLAIN)
