"""Where Python is told to keep no compiled modules, a test run keeps them in a folder of its own; templates always.

Else every process that a test starts compiles the whole program anew, which takes longer than loading it.
"""

import atexit
import os
import shutil
import sys
import tempfile

TEMPLATES = "TESTS_COMPILED_TEMPLATES"  # the variable that tells other processes of this run where they are


def keep() -> None:
    """Let this process and those that it starts share what they compile, until this one ends."""
    if TEMPLATES not in os.environ:
        os.environ[TEMPLATES] = _folder()
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        folder = _folder()
        sys.dont_write_bytecode, sys.pycache_prefix = False, folder
        os.environ["PYTHONPYCACHEPREFIX"] = folder


def _folder() -> str:
    folder = tempfile.mkdtemp(prefix="sdg-tracker-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
