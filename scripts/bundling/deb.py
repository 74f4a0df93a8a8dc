"""The package for Debian and its relatives: the window, the sidecar, the papers, and how the desktop knows of them."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import environment
from bundling import places
from bundling.places import BUILD, ROOT

HERE = Path(__file__).resolve().parent
NAME = "cortex"
LIBRARY = "usr/lib/Cortex"
"""Where the window looks for its resources: `/usr/lib/` and its product name."""
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "armhf"}
_SIZES = {"32x32": "32x32.png", "128x128": "128x128.png", "256x256": "128x128@2x.png", "512x512": "icon.png"}
_DEPENDS = ("libwebkit2gtk-4.1-0", "libgtk-3-0t64 | libgtk-3-0", "libc6 (>= {libc})")
_RECOMMENDS = ("libayatana-appindicator3-1", "xdg-utils")
"""The tray; and `xdg-open`, by which links and the folder of logs are opened."""
_SUGGESTS = ("gnome-keyring",)
_PACKED = ("-Zxz", "-z8", "--threads-max=2")
"""A window of 32 MB: 106 MB, where the usual one of 8 makes 108 in three quarters of the time."""
_PACKED_QUICKLY = ("-Zxz", "-z2", "--threads-max=2")
"""For tests: 116 MB in a third of the time."""
_FIELDS = """Package: {name}
Version: {version}
Architecture: {architecture}
Section: utils
Priority: optional
Maintainer: Cortex <cortex@localhost>
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Suggests: {suggests}
Description: a local-first second brain
 Save what you read with one keystroke; find it, ask it and be reminded of it
 for years, on your own computer. No account, no server, no telemetry.
 .
 The library of each user lies in ~/.cortex. Removing or purging this package
 leaves it there.
"""


def build(
    program: Path, sidecar: Path, papers: Path, *, version: str, quickly: bool = False, into: Path = BUILD
) -> Path:
    """The package made of the window's program, the frozen sidecar and the papers. Raises SetupError."""
    packed = _PACKED_QUICKLY if quickly else _PACKED
    if shutil.which("dpkg-deb") is None:
        raise environment.SetupError("A .deb is made by dpkg-deb, which is not here (Debian, Ubuntu: package dpkg).")
    architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
    package = into / f"{NAME}_{version}_{architecture}.deb"
    made_from = [program, *papers.iterdir(), *places.below(HERE / "linux"), Path(__file__)]
    key = places.digest(made_from, f"{_made(sidecar)} {packed}")
    stamp = package.with_suffix(".deb.made-from")
    if package.is_file() and places.is_made(stamp, key):
        return package
    environment.say("Packing the .deb.")
    stamp.unlink(missing_ok=True)
    tree = into / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    _lay_out(tree, program, sidecar, papers)
    size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file() and not file.is_symlink()) // 1024
    _control(tree, version=version, architecture=architecture, size=size)
    places.run(
        ["dpkg-deb", "--root-owner-group", *packed, "--build", tree, package],
        "dpkg-deb could not pack; its message is above.",
        env={"SOURCE_DATE_EPOCH": _moment()},
    )
    shutil.rmtree(tree)
    stamp.write_text(key, encoding="utf-8")
    return package


def _lay_out(tree: Path, program: Path, sidecar: Path, papers: Path) -> None:
    library = tree / LIBRARY
    shutil.copytree(sidecar, library / "sidecar", symlinks=True)
    shutil.copytree(papers, library / "papers")
    _place(program, tree / "usr/bin/cortex-desktop", 0o755)
    (tree / "usr/bin/cortex").symlink_to("../lib/Cortex/sidecar/cortex")
    _place(HERE / "linux/cortex-desktop.desktop", tree / "usr/share/applications/cortex-desktop.desktop")
    _place(HERE / "linux/cortex.metainfo.xml", tree / "usr/share/metainfo/org.cortex.desktop.metainfo.xml")
    icons = tree / "usr/share/icons/hicolor"
    for size, name in _SIZES.items():
        _place(ROOT / "src-tauri/icons" / name, icons / size / "apps/cortex-desktop.png")
    _place(ROOT / "src-tauri/pages/cortex.svg", icons / "scalable/apps/cortex-desktop.svg")
    _place(HERE / "linux/copyright", tree / "usr/share/doc/cortex/copyright")
    for path in tree.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
        elif not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _place(source: Path, target: Path, mode: int = 0o644) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _control(tree: Path, *, version: str, architecture: str, size: int) -> None:
    control = tree / "DEBIAN"
    control.mkdir(mode=0o755)
    libc = platform.libc_ver()[1]
    fields = _FIELDS.format(
        name=NAME,
        version=version,
        architecture=architecture,
        size=size,
        depends=", ".join(_DEPENDS).format(libc=libc),
        recommends=", ".join(_RECOMMENDS),
        suggests=", ".join(_SUGGESTS),
    )
    (control / "control").write_text(fields, encoding="utf-8", newline="\n")
    for name in ("postinst", "postrm"):
        _place(HERE / "linux" / name, control / name, 0o755)


def _made(sidecar: Path) -> str:
    return sidecar.with_name(f"{sidecar.name}.made-from").read_text(encoding="utf-8")


def _moment() -> str:
    """The time that every file in the package gets: that of the last change, so that equal sources pack equally."""
    if os.environ.get("SOURCE_DATE_EPOCH"):
        return os.environ["SOURCE_DATE_EPOCH"]
    said = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return said or "0"
