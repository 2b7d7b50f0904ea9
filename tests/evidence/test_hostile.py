"""Files that mean harm: what becomes of each, and what it costs."""

import io
import json
import os
import subprocess
import sys
import tempfile

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


@pytest.mark.parametrize("what", hostile.CASES)
def test_each_gets_what_it_deserves(work: Work, what: str) -> None:
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


@pytest.mark.slow
@pytest.mark.parametrize("what", hostile.CASES)
def test_none_takes_much_memory_or_time(what: str) -> None:
    """The child's own peak and CPU; recognising the type before and keeping the bytes after are flat."""
    content = hostile.CASES[what].make()
    task = _task(content)
    if task is not None:
        megabytes, seconds = _measured(content, task)
        assert megabytes <= MEMORY_MB
        assert seconds <= SECONDS


@pytest.mark.slow
def test_the_largest_picture_of_a_phone_is_opened() -> None:
    megabytes, seconds = _measured(files.heic((8_064, 6_048)), ("picture", "image/heic"))
    assert megabytes <= 400
    assert seconds <= SECONDS


def _measured(content: bytes, task: tuple[str, str]) -> tuple[float, float]:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(content)
        source.flush()
        source.seek(0)
        command = [sys.executable, "-c", MEASURED, str(target.fileno()), str(intake.MEMORY), str(intake.SECONDS), *task]
        environment = {name: os.environ[name] for name in children.KEPT if name in os.environ}
        done = subprocess.run(
            command, stdin=source, capture_output=True, pass_fds=(target.fileno(),), env=environment, check=True
        )
    megabytes, seconds = json.loads(done.stdout.splitlines()[-1])
    return megabytes, seconds


def _task(content: bytes) -> tuple[str, str] | None:
    """Return what the child would do with a file, None when it is settled without."""
    from sdg_tracker.evidence import media, rules

    try:
        kind = rules.media_type(content[: rules.HEAD], rules.refusal("a"))
    except Invalid:
        return None
    if kind in media.PICTURES:
        return "picture", kind
    return {media.PDF: ("pdf", kind), rules.OFFICE: ("office", kind)}.get(kind)
