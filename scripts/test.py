#!/usr/bin/env python3
"""Runs every check of the project: style, types, import contracts, supply chain, tests.

    python3 scripts/test.py [--fast] [--system] [suite ...]

--fast leaves out what is slow: the tests marked so and the audit. --system adds what changes the machine it runs on:
the desktop app's package is built, installed, used and removed (tests/system). Suites are directories of tests/; naming
some runs those alone, without the other checks. Needs Python 3.11 and nothing else. Each check outside pytest counts as
one test in the last line, `N passed, N failed, N skipped`; the exit code is 0 when none failed.
"""

from __future__ import annotations

import sys

import interpreter

if sys.version_info < interpreter.OLDEST:
    sys.exit(interpreter.too_old())

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import environment
import interface
import lifeline
import shell

ORDER = ("unit", "integration", "api", "workflows", "e2e")
NOT_CHECKS = {"bench", "samples"}
CHANGES_THE_MACHINE = "system"
MOST_AT_ONCE = 4
"""Processes that a suite is spread over; each loads Cortex and its model, and tests start programs of their own."""
PYTEST_NOTHING_COLLECTED = 5


@dataclass
class Outcome:
    """What one step found: counts, seconds, and a reason for each thing left out."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up, run every step even after a failure, report; 0 when nothing failed."""
    options = _parse(arguments)
    lifeline.Lifeline()
    try:
        environment.prepare()
        model = environment.build_missing()
        built = {**model, **_interface()}
        # pytest is not led to the interface: what it starts shows the plain page, which it is about
        tests = _test_steps(options, {**environment.variables(), **model})
        steps = tests if options.suites else [*_check_steps(options, built), *tests]
        outcomes = [_timed(name, step) for name, step in steps]
    except environment.SetupError as error:
        environment.say(str(error))
        print("0 passed, 1 failed, 0 skipped", flush=True)
        return 1
    except KeyboardInterrupt:
        environment.say("Interrupted.")
        return 130
    _report(outcomes)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _interface() -> dict[str, str]:
    """The variables that lead journeys to the built interface; where it cannot be built, they skip and say why."""
    return {} if interface.missing() else {"CORTEX_UI_DIR": str(interface.build())}


Step = tuple[str, Callable[[str], Outcome]]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run every check of the project.")
    parser.add_argument("--fast", action="store_true", help="leave out slow tests and the audit")
    parser.add_argument("--system", action="store_true", help="also install, use and remove the desktop app")
    parser.add_argument("suites", nargs="*", metavar="suite", help=f"only these: {', '.join(_suites())}")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.suites) - set(_suites()))
    if unknown:
        parser.error(f"no tests in tests/{unknown[0]}; there are: {', '.join(_suites())}")
    return options


def _suites() -> list[str]:
    tests = environment.ROOT / "tests"
    found = {file.relative_to(tests).parts[0] for file in tests.glob("*/**/test_*.py")} - NOT_CHECKS
    return sorted(found, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def _check_steps(options: argparse.Namespace, built: dict[str, str]) -> list[Step]:
    program = environment.program
    steps: list[Step] = [
        ("lint", _command(program("ruff"), "check", ".")),
        ("format", _command(program("ruff"), "format", "--check", ".")),
        ("types", _command(program("mypy"))),
        # called by its function: the start script of a moved .venv would name the old place
        ("import contracts", _python("-c", "from importlinter.cli import lint_imports_command as c; c()")),
        ("supply chain", _python("scripts/supply_chain.py")),
    ]
    if not options.fast:
        steps.append(("audit", _audit))
    steps += [
        ("interface: lint and format", _npm("lint", built)),
        ("interface: types", _npm("types", built)),
        ("interface: client is what the API says", _npm("drift", built)),
        ("interface: components", _npm("test", built, in_browser=True)),
    ]
    if not options.fast:
        steps.append(("interface: journeys", _npm("journeys", built, in_browser=True)))
    steps += [
        ("window: format", _cargo("fmt", "--check")),
        ("window: tests", _cargo("test", "--locked", "--offline", "--quiet")),
        ("window: lint", _clippy),
    ]
    return steps


_NO_BROWSER = "no Chromium is here; install it (Debian: apt-get install chromium) to test the interface"


def _npm(script: str, built: dict[str, str], *, in_browser: bool = False) -> Callable[[str], Outcome]:
    """A script of ui/package.json as one check; skipped where there is no Node, or no browser that it needs."""

    def run(name: str) -> Outcome:
        advice = interface.missing() or (_NO_BROWSER if in_browser and interface.browser() is None else None)
        if advice is not None:
            return Outcome(name, skipped=1, reasons=Counter([advice]))
        interface.install()
        npm = shutil.which("npm") or "npm"
        code, _ = lifeline.run(
            [npm, "run", "--silent", script], cwd=interface.UI, env={**interface.variables(), **built}
        )
        return Outcome(name, passed=int(code == 0), failed=int(code != 0))

    return run


def _cargo(*arguments: str) -> Callable[[str], Outcome]:
    """A command of cargo as one check of the window; skipped where that cannot be built."""

    def run(name: str) -> Outcome:
        if (advice := shell.missing() or shell.lacks(arguments[0])) is not None:
            return Outcome(name, skipped=1, reasons=Counter([advice]))
        code = shell.run(*arguments)
        return Outcome(name, passed=int(code == 0), failed=int(code != 0))

    return run


def _clippy(name: str) -> Outcome:
    """The linter of Rust, with what the tests of the window were compiled from: cargo's own would do that again."""
    if (advice := shell.missing() or shell.lacks("clippy")) is not None:
        return Outcome(name, skipped=1, reasons=Counter([advice]))
    code = shell.lint()
    return Outcome(name, passed=int(code == 0), failed=int(code != 0))


def _test_steps(options: argparse.Namespace, variables: dict[str, str]) -> list[Step]:
    suites = options.suites or [name for name in _suites() if name != CHANGES_THE_MACHINE or options.system]
    steps: list[Step] = [
        (f"tests/{name}", _pytest(name, variables, fast=options.fast)) for name in suites if name != CHANGES_THE_MACHINE
    ]
    if CHANGES_THE_MACHINE in suites:
        package = Package(variables)
        steps += [("desktop app: package", package.build), ("tests/system", package.test)]
    return steps


class Package:
    """The desktop app as the owner gets it: built, then tested as installed."""

    def __init__(self, variables: dict[str, str]):
        self._variables = variables
        self._file = ""

    def build(self, name: str) -> Outcome:
        """Build the Debian package; skipped where something that it needs is not installed."""
        if (advice := shell.missing() or interface.missing() or _no_packer()) is not None:
            return Outcome(name, skipped=1, reasons=Counter([advice]))
        command = [str(environment.PYTHON), "scripts/build.py", "--deb", "--quick"]
        code, written = lifeline.run(
            command,
            cwd=environment.ROOT,
            env=self._variables,
            stdout=subprocess.PIPE,
            ends_within_s=2 * lifeline.ENDS_WITHIN_S,
        )
        self._file = next((line for line in reversed(written.split("\n")) if line.endswith(".deb")), "")
        built = code == 0 and self._file != ""
        return Outcome(name, passed=int(built), failed=int(not built))

    def test(self, name: str) -> Outcome:
        """The suite, on the package just built; without one every test of it says why it is skipped."""
        return _pytest("system", {**self._variables, "CORTEX_TEST_PACKAGE": self._file}, fast=False)(name)


def _no_packer() -> str | None:
    found = shutil.which("dpkg-deb") is not None
    return None if found else "no package is made here, because dpkg-deb is not here; run it on Debian or Ubuntu"


def _command(*command: str) -> Callable[[str], Outcome]:
    def run(name: str) -> Outcome:
        code, _ = lifeline.run(command, cwd=environment.ROOT, env=environment.variables())
        return Outcome(name, passed=int(code == 0), failed=int(code != 0))

    return run


def _python(*arguments: str) -> Callable[[str], Outcome]:
    return _command(str(environment.PYTHON), *arguments)


_AUDIT = (
    *("-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off"),
    *("--timeout", "15", "-r"),
)


def _audit(name: str) -> Outcome:
    """Known vulnerabilities of what is locked, asked of the service that pip-audit uses, where that can be reached."""
    reason = _audit_service_is_away()
    if reason is not None:
        print(f"skipped: {reason}", flush=True)
        return Outcome(name, skipped=1, reasons=Counter([reason]))
    return _python(*_AUDIT, "requirements.lock")(name)


def _audit_service_is_away() -> str | None:
    """Why nothing can be audited here: one locked package is asked about first."""
    lock = (environment.ROOT / "requirements.lock").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.txt"
        sample.write_text(re.split(r"\n(?=[a-z0-9])", lock, maxsplit=1)[0] + "\n", encoding="utf-8")
        asked = subprocess.run(
            [str(environment.PYTHON), *_AUDIT, str(sample)],
            capture_output=True,
            text=True,
            env=environment.variables(),
            cwd=environment.ROOT,
        )
    if audit_answered(asked.returncode, asked.stdout + asked.stderr):
        return None
    said = asked.stderr.strip().splitlines()[-1:] or [f"exit code {asked.returncode}"]
    return f"the vulnerability service cannot be asked from here ({said[0][:160]}); run it where it answers"


def audit_answered(code: int, said: str) -> bool:
    """Whether pip-audit got an answer, whatever it is; "could not connect" speaks of vulnerabilities, too."""
    return code == 0 or "known vulnerabilit" in said


def _pytest(suite: str, variables: dict[str, str], *, fast: bool) -> Callable[[str], Outcome]:
    def run(name: str) -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            command = [str(environment.PYTHON), "-u", "-m", "pytest", f"tests/{suite}", "-q", f"--junit-xml={report}"]
            command += ["--numprocesses", str(min(os.cpu_count() or 1, MOST_AT_ONCE)), "--dist", "loadfile"]
            if fast:
                command += ["-m", "not slow"]
            code, _ = lifeline.run(command, cwd=environment.ROOT, env=variables)
            outcome = _read_report(name, report)
        if code not in (0, PYTEST_NOTHING_COLLECTED) and outcome.failed == 0:
            outcome.failed = 1  # it ended before it could report, for example while collecting
            print(f"pytest ended with {code} without naming a failed test", flush=True)
        return outcome

    return run


def _read_report(name: str, report: Path) -> Outcome:
    outcome = Outcome(name)
    if not report.exists():
        return outcome
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by the pytest just run
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif skip is not None:
            outcome.skipped += 1
            outcome.reasons[skip.get("message") or "no reason given"] += 1
        else:
            outcome.passed += 1
    return outcome


def _timed(name: str, step: Callable[[str], Outcome]) -> Outcome:
    print(f"\n=== {name}", flush=True)
    start = time.monotonic()
    outcome = step(name)
    outcome.seconds = time.monotonic() - start
    return outcome


def _report(outcomes: Sequence[Outcome]) -> None:
    width = max(len(outcome.name) for outcome in outcomes) + 2
    print(f"\n{'step':<{width}}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for o in outcomes:
        print(f"{o.name:<{width}}{o.passed:>8}{o.failed:>8}{o.skipped:>9}{o.seconds:>9.1f}")
    if any(o.skipped for o in outcomes):
        print("\nSkipped, and why:")
        for o in outcomes:
            for reason, count in o.reasons.items():
                print(f"  {o.name} ({count}): {reason}")
    failed = [o.name for o in outcomes if o.failed]
    if failed:
        print(f"\nFailed: {', '.join(failed)}. The messages are above, under === and the step's name.")
    passed, wrong, skipped = (sum(getattr(o, part) for o in outcomes) for part in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {wrong} failed, {skipped} skipped", flush=True)


if __name__ == "__main__":
    sys.exit(main())
