"""Hands the owner's pip configuration to uv, which does not read it: index, certificates, proxy."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Where one of these is set the owner has configured uv itself, and nothing is taken from pip.
_UV_INDEX_VARIABLES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "UV_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_CONFIG_FILE",
)


def pip_configuration(python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The options pip would use for an installation, by name without their section.

    Read from pip itself, which merges its files; `install` beats `global`, variables beat both.
    """
    listing = subprocess.run(
        [str(python), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
        env=dict(environment),
    ).stdout
    sections: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.partition(".")
        if section in sections and value:
            sections[section][option] = str(ast.literal_eval(value))
    return {**sections["global"], **sections["install"], **sections[":env:"]}


def for_uv(pip: Mapping[str, str], environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What uv needs to fetch as pip would: variables to add, and arguments.

    Variables rather than arguments, because an index address may hold a password.
    Whatever the environment already sets for uv stays as it is.
    """
    added = {"UV_SYSTEM_CERTS": "1"}  # pip trusts the system's certificates; so must uv
    arguments: list[str] = []
    if not any(environment.get(name) for name in _UV_INDEX_VARIABLES):
        if index := pip.get("index-url"):
            added["UV_DEFAULT_INDEX"] = index
        if extra := pip.get("extra-index-url", "").split():
            added["UV_INDEX"] = " ".join(extra)
            # pip takes the best version of all its indexes; the hashes of the lock decide what is accepted
            added["UV_INDEX_STRATEGY"] = "unsafe-best-match"
        # pip passes over a missing directory, uv refuses it
        links = [
            link for link in pip.get("find-links", "").split() if "://" in link or Path(link).expanduser().exists()
        ]
        if links:
            added["UV_FIND_LINKS"] = ",".join(links)
        if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
            arguments.append("--no-index")
    plain = {
        "cert": "SSL_CERT_FILE",
        "client-cert": "SSL_CLIENT_CERT",
        "trusted-host": "UV_INSECURE_HOST",
        "timeout": "UV_HTTP_TIMEOUT",
        "proxy": "ALL_PROXY",
    }
    for option, variable in plain.items():
        if value := pip.get(option):
            added[variable] = " ".join(value.split())
    if pip.get("keyring-provider") == "subprocess":
        added["UV_KEYRING_PROVIDER"] = "subprocess"
    return {name: value for name, value in added.items() if not environment.get(name)}, arguments
