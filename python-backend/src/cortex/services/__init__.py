"""The work itself: no HTTP, no SQL, no LangGraph."""
