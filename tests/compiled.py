"""Where Python is told to keep no compiled modules, a test run keeps them in a folder of its own.

Else every process that a test starts compiles the whole program anew, which takes longer than loading it.
"""

import atexit
import os
import shutil
import sys
import tempfile


def keep() -> None:
    """Let this process and those that it starts share what they compile, until this one ends."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        folder = tempfile.mkdtemp(prefix="sdg-tracker-compiled-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        sys.dont_write_bytecode, sys.pycache_prefix = False, folder
        os.environ["PYTHONPYCACHEPREFIX"] = folder
