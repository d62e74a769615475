"""Compiles the modules that have a `.pyx`, where there is a C compiler; elsewhere the package stays pure Python.

Each of them does again, faster, what a module written in Python does, and is left out without harm.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "scraper"


class Compile(BuildHookInterface[Any]):
    """The build hook that hatchling calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in place, so that a wheel and an editable install find the same files."""
        if self.target_name != "wheel":
            return
        try:
            built = compiled(Path(self.root))
        except Exception as error:  # noqa: BLE001 - whatever a compiler or its absence comes up with
            self.app.display_warning(f"newsdesk stays pure Python: {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"] += [path.relative_to(self.root).as_posix() for path in built]


def compiled(root: Path) -> list[Path]:
    """The libraries made of the package's `.pyx` files, beside them."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    extensions = [
        Extension(".".join(source.relative_to(root).with_suffix("").parts), [str(source)])
        for source in sorted((root / PACKAGE).rglob("*.pyx"))
    ]
    for extension in extensions:
        extension.extra_compile_args = [] if sys.platform == "win32" else ["-O2"]
    workspace = root / "build" / "compiled"
    distribution = Distribution({"name": "newsdesk", "package_dir": {"": str(root)}})
    distribution.ext_modules = cythonize(extensions, build_dir=str(workspace), quiet=True)
    command = build_ext(distribution)
    command.build_lib, command.build_temp = str(root), str(workspace)
    command.ensure_finalized()
    command.run()
    return [Path(command.get_ext_fullpath(extension.name)) for extension in extensions]
