"""From a query to passages: its language, its words, the fusion of both legs, snippets, suggestions."""
