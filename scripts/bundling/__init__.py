"""How the desktop app is put together: the frozen sidecar, its licences, the window, the packages (docs/adr/0027)."""
