"""The tray and the notifications: what stays of Cortex when its window is closed."""

from __future__ import annotations

from ctypes.util import find_library
from pathlib import Path

import pytest
from tests.e2e.program import until
from tests.system.desktop import Desktop
from tests.system.panel import panel
from tests.system.window import driven, nothing_runs, processes_of, where

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        find_library("ayatana-appindicator3") is None,
        reason="the tray's library is not here (Debian: apt-get install libayatana-appindicator3-1)",
    ),
]


def test_from_the_tray_it_opens_saves_pauses_and_quits(program: Path, screen: Desktop, data_dir: Path) -> None:
    with (
        panel(screen.variables["DBUS_SESSION_BUS_ADDRESS"]) as shown,
        driven(screen, program, *where(data_dir)) as window,
    ):
        window.begin()
        until(lambda: shown.items, 30)

        screen.run("wmctrl", "-c", "Cortex")
        until(lambda: screen.windows() == [], 30)
        assert processes_of(data_dir), "it goes on behind the tray"
        shown.choose("Open Cortex")
        until(lambda: screen.windows() == ["Cortex"], 30)

        shown.choose("Pause processing")
        until(lambda: "Resume processing" in shown.menu(), 30)
        shown.choose("Resume processing")
        until(lambda: "Pause processing" in shown.menu(), 30)

        shown.choose("Save something…")
        until(lambda: "Save to Cortex" in screen.windows(), 30)

        def put_away() -> bool:
            screen.keys("Escape")  # it hears keys once it has loaded
            return screen.windows() == ["Cortex"]

        until(put_away, 30)

        window.driver.execute_script(
            "__TAURI_INTERNALS__.invoke('notify', { title: 'Your digest is there', body: 'a <b>&', path: '/tasks' })"
        )
        until(lambda: shown.notices, 30)
        number, title, body = shown.notices[-1]
        assert (title, body) == ("Your digest is there", "a &lt;b&gt;&amp;")
        shown.click(number)
        until(lambda: window.address.endswith("/tasks"), 30)

        shown.choose("Quit Cortex")
        nothing_runs(data_dir, 20)
