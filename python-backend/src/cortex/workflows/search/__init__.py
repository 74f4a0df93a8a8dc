"""The search workflow: plan, both legs side by side, a second try with mended words, the answer."""

from cortex.workflows.search.graph import SearchWorkflow

__all__ = ["SearchWorkflow"]
