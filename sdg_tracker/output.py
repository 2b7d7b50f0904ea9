"""One file of an edition, made in a process of its own: a function of the snapshot and of the blobs that it names.

``editions.build`` starts it by ``foundation.children``, which hands over the snapshot, a file to write to and limits;
the arguments are the store's address, the kind of edition, the name of the file and the fingerprint.
"""

import hashlib
import json
import sys

from sdg_tracker.auditreport import outputs as auditreport
from sdg_tracker.dossier import outputs as dossier
from sdg_tracker.editions import kinds
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import open_store
from sdg_tracker.impact import outputs as impact
from sdg_tracker.supplement import outputs as supplement

KINDS = (dossier.KIND, impact.KIND, supplement.KIND, auditreport.KIND)  # importing them has registered them


def main(arguments: list[str]) -> None:
    """Make the file. Raises ValueError when the snapshot is not that of the fingerprint."""
    source, target, (store, kind, name, fingerprint) = children.begin(arguments)
    content = source.read()
    if hashlib.sha256(content).hexdigest() != fingerprint:
        raise ValueError("the snapshot is not that of the fingerprint")
    with target:
        kinds.output(kind, name).build(json.loads(content), fingerprint, open_store(store), target)
    children.answer(made=name)


if __name__ == "__main__":
    main(sys.argv[1:])
