"""What routes ask for by annotation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from cortex.bootstrap import Application


def _application(connection: HTTPConnection) -> Application:
    application: Application = connection.state.application
    return application


App = Annotated[Application, Depends(_application)]
"""The wired application, for HTTP routes and WebSockets alike."""
