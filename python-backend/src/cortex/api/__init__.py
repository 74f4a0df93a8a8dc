"""HTTP and WebSocket: routes unpack, call one service or workflow, and return."""
