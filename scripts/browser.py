"""A Chromium without a window, spoken to over its DevTools protocol: for tests of the page and for its pictures."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
STARTS_WITHIN_S = 30


def find_browser() -> str | None:
    """The path of a Chromium or a sibling of it; None where there is none."""
    return next(
        (found for name in _NAMES if (found := shutil.which(name))),
        next((place for place in _PLACES if Path(place).exists()), None),
    )


class Page:
    """One page of the browser."""

    def __init__(self, socket: ClientConnection):
        self._socket = socket
        self._number = 0
        self.complaints: list[str] = []
        """Errors and warnings of the page's log: exceptions, broken policies, failed requests."""
        self.requested: list[str] = []
        """The address of every request."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a protocol method. Raises RuntimeError with the browser's words."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=30))
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        details = message.get("params", {})
        match message.get("method"):
            case "Log.entryAdded" if details["entry"]["level"] in ("error", "warning"):
                self.complaints.append(details["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(details["exceptionDetails"].get("exception", {}).get("description")))
            case "Runtime.consoleAPICalled" if details["type"] in ("error", "warning"):
                self.complaints.append(str(details["args"]))
            case "Network.requestWillBeSent":
                self.requested.append(details["request"]["url"])

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives (promises are awaited). Raises RuntimeError when it throws."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression: str, within_seconds: float = 30) -> None:
        """Until an expression is true (an element counts as true). Raises TimeoutError."""
        deadline = time.monotonic() + within_seconds
        while not self.value(f"Boolean({expression})"):
            if time.monotonic() > deadline:
                shown = self.value("document.body.innerText")
                raise TimeoutError(f"not within {within_seconds} s: {expression}; {self.complaints}\n{shown}")
            time.sleep(0.05)

    def type(self, selector: str, text: str) -> None:
        """Put text into a field, as typing does."""
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click with the mouse in the middle of an element."""
        box = self.value(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            "element.scrollIntoView({ block: 'center' });"
            "const r = element.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self, *, width: int, dark: bool = False, scale: float = 1, height: int | None = None) -> bytes:
        """A PNG of the page at this width in CSS pixels: down to `height`, or all of it."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self._resize(width, 800, scale)
        self._resize(width, height or int(self.value("document.documentElement.scrollHeight")), scale)
        self.value("window.scrollTo(0, 0)")
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _resize(self, width: int, height: int, scale: float) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False
        )


@contextlib.contextmanager
def browsing() -> Iterator[Page]:
    """A page of a browser with an empty profile, which ends with the block. Raises FileNotFoundError without one."""
    program = find_browser()
    if program is None:
        raise FileNotFoundError("no Chromium, Chrome or Edge is installed here")
    with tempfile.TemporaryDirectory(prefix="cortex-browser-", ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if sys.platform == "linux" and os.geteuid() == 0 else []  # it refuses root with one
        process = subprocess.Popen(
            [
                *(program, "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check"),
                *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio"),
                *("--remote-debugging-port=0", f"--user-data-dir={profile}", "--hide-scrollbars", *sandbox),
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_first_page(Path(profile)), max_size=None, proxy=None) as socket:
                yield Page(socket)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _first_page(profile: Path) -> str:
    """The WebSocket address of the browser's first page, once it says where it listens."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, IndexError, httpx.TransportError):
            port = (profile / "DevToolsActivePort").read_text(encoding="utf-8").splitlines()[0]
            targets = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
            pages = [target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page"]
            if pages:
                return str(pages[0])
        time.sleep(0.05)
    raise TimeoutError(f"the browser did not start within {STARTS_WITHIN_S} s")
