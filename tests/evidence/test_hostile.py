"""Files that mean harm: what becomes of each, and what it costs."""

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from sdg_tracker.evidence import findings, intake
from sdg_tracker.evidence.findings import Policy
from sdg_tracker.foundation import children
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.work import Work
from tests.evidence import files, hostile

MEMORY_MB, SECONDS = 300, 20
MEASURED = """
import json, resource, sys
from sdg_tracker.evidence import apart
apart.main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
more = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = max(int(status["VmHWM"].split()[0]), more.ru_maxrss if more.ru_utime else 0) * 1024 / 1e6
print("\\n" + json.dumps([peak, used.ru_utime + used.ru_stime + more.ru_utime + more.ru_stime]))
"""


@pytest.fixture
def engine_name() -> str:
    """Nothing here depends on the database."""
    return "sqlite"


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[float, float]]]:
    """What each child takes that opens a file: its own peak in MB, and CPU seconds; none may take much.

    Recognising the type before and keeping the bytes after are flat.
    """
    found: list[tuple[float, float]] = []
    run = subprocess.run

    def measured(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        if intake.APART not in command:
            return run(command, **options)
        at = command.index("-m")
        done = run([*command[:at], "-c", MEASURED, *command[at + 2 :]], **options)
        done.stdout, _newline, said = done.stdout.rstrip().rpartition(b"\n")
        found.append(json.loads(said))
        return done

    monkeypatch.setattr(subprocess, "run", measured)
    yield found
    assert all(megabytes <= MEMORY_MB and seconds <= SECONDS for megabytes, seconds in found)


@pytest.mark.parametrize("what", hostile.CASES)
def test_each_gets_what_it_deserves_and_takes_little(work: Work, costs: list[tuple[float, float]], what: str) -> None:
    case = hostile.CASES[what]
    content = case.make()
    if case.refused:
        with pytest.raises(Invalid) as error:
            intake.receive(work, io.BytesIO(content), case.name, "application/pdf")
        assert error.value.code == case.refused
        assert findings.RULES[case.refused].policy is Policy.REFUSE
        assert list(work.blobs.all()) == []
        return
    received = intake.receive(work, io.BytesIO(content), case.name, "application/pdf")
    assert {finding.code for finding in received.findings} == case.found
    expected = any(findings.RULES[code].policy is Policy.QUARANTINE for code in case.found)
    assert received.quarantined is expected
    assert "010190" not in json.dumps([finding.as_json() for finding in received.findings])
    assert "010190" not in received.file_name
    cleaned = {code for code in case.found if code.startswith("pdf-")} or "also-archive" in case.found
    assert (received.rendition != received.original) is bool(cleaned or received.media_type.startswith("image/"))


def test_there_are_enough_of_them() -> None:
    assert len(hostile.CASES) >= 100
    tried = {code for case in hostile.CASES.values() for code in ({case.refused} if case.refused else case.found)}
    elsewhere = {"evidence-too-large", "file-too-hard", "malware-found", "not-scanned"}
    assert set(findings.RULES) - tried == elsewhere


def test_what_opens_a_file_is_measured(work: Work, costs: list[tuple[float, float]]) -> None:
    intake.receive(work, io.BytesIO(files.jpeg()), "foto.jpg", "image/jpeg")
    [(megabytes, seconds)] = costs
    assert megabytes > 10
    assert seconds > 0


@pytest.mark.slow
def test_the_largest_picture_of_a_phone_is_opened() -> None:
    content = files.heic((8_064, 6_048))
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(content)
        source.flush()
        source.seek(0)
        limits = [str(target.fileno()), str(intake.MEMORY), str(intake.SECONDS)]
        command = [sys.executable, "-c", MEASURED, *limits, "picture", "image/heic"]
        environment = {name: os.environ[name] for name in children.KEPT if name in os.environ}
        done = subprocess.run(
            command, stdin=source, capture_output=True, pass_fds=(target.fileno(),), env=environment, check=True
        )
    megabytes, seconds = json.loads(done.stdout.splitlines()[-1])
    assert megabytes <= 400
    assert seconds <= SECONDS
