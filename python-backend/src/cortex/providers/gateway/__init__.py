"""The one way to a language model: the first of the owner's models that can answer does, and is accounted for."""
