"""LangGraph workflows over the services: each a package of state, nodes and graph."""
