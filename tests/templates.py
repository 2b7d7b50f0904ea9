"""Templates that are compiled once for all applications of a test run, in whichever process they are."""

import os

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tests.compiled import TEMPLATES


def keep_compiled() -> None:
    """Let every application that is made from now on use the same compiled templates, until their source changes."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(os.environ[TEMPLATES])}
