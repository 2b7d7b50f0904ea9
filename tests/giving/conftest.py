"""What tests of uploads share: a device that sends a file in parts."""

import io
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from sdg_tracker.access import Actor
from sdg_tracker.evidence import intake
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.giving import services
from sdg_tracker.giving.models import Upload
from sdg_tracker.giving.services import Announced
from sdg_tracker.work import Workplace

TEXT = b"".join(b"line %06d of a long text\n" % count for count in range(400))


def new_key() -> str:
    return secrets.token_hex(16)


@dataclass
class Device:
    """Sends one file."""

    workplace: Workplace
    actor: Actor
    content: bytes = TEXT
    name: str = "note.txt"
    part: int = 3000
    key: str = field(default_factory=new_key)

    def begin(self, activity: int | None = None) -> Upload:
        """Announce the file."""
        with self.workplace.writing(self.actor) as work:
            return services.begin(work, Announced(self.key, self.name, len(self.content), 1, activity))

    def append(self, offset: int, size: int | None = None) -> Upload:
        """Send the part that begins there."""
        piece = self.content[offset : offset + (size or self.part)]
        with self.workplace.reading(self.actor) as work:
            awaited = services.expect(work, self.key, offset)
        stored = services.take(self.workplace.blobs, awaited, io.BytesIO(piece))
        with self.workplace.writing(self.actor) as work:
            return services.append(work, self.key, offset, stored)

    def send(self) -> "Device":
        """Announce the file and send all of it."""
        upload = self.begin()
        while not upload.complete:
            upload = self.append(upload.received)
        return self

    def save(self, *others: "Device", ties: Sequence[Wanted] = (), **details: object) -> list[Added]:
        """Save the file, and others with it, as evidence."""
        keys = [self.key, *(other.key for other in others)]
        with self.workplace.reading(self.actor) as work:
            uploads = services.ready(work, keys)
            files = [(services.content(work, upload), upload.file_name) for upload in uploads]
            received, refused = intake.receive_all(work, files)
            assert refused == []
        with self.workplace.writing(self.actor) as work:
            return services.save(work, keys, received, EvidenceDetails(**details), ties)  # type: ignore[arg-type]


@pytest.fixture
def device(workplace: Workplace, staff: Actor) -> Callable[..., Device]:
    """Give devices of a colleague, or of somebody else."""

    def made(content: bytes = TEXT, name: str = "note.txt", *, actor: Actor = staff, part: int = 3000) -> Device:
        return Device(workplace, actor, content, name, part)

    return made
