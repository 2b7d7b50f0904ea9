"""The wheel holds all that the product needs, installs into an empty environment, and serves."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.processes.conftest import Browser, Installation

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_wheel_serves_from_an_empty_environment(tmp_path: Path, port: int) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "environment")
    python = str(tmp_path / "environment" / "bin" / "python")
    own = [*pip, "--python", python, "install", "--no-compile", "--no-deps"]
    subprocess.run([*own, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, timeout=600)
    subprocess.run([*own, str(wheel)], check=True, timeout=300)

    folder = tmp_path / "work"
    folder.mkdir()
    installation = Installation(folder, python, {"SDG_TRACKER_LANGUAGE": "da"})
    installation.run("init", "--library", "Demoby", "--coordinator", "k@example.org")
    installation.run("activities", "import", str(ROOT / "seed" / "demo" / "real-activities.csv"))
    process = installation.serve(port)
    try:
        browser = Browser(port)
        status, page, _where = browser.get("/sign-in")
        assert status == 200
        assert 'lang="da"' in page
        for address in ("/static/css/app.css", "/static/js/app.js", "/static/vendor/htmx/htmx.min.js"):
            assert browser.get(address)[0] == 200, address
    finally:
        process.stop()
