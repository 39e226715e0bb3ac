"""What people call a run and say of it: given at the launch, changed at any time."""

from __future__ import annotations

from casa_lab.folders import read_json, write_json
from casa_lab.runs.folder import RunFolder

from .models import Labels, NewLabels


def read_labels(folder: RunFolder) -> Labels:
    """Return the labels of a run: those of its spec until somebody changed them."""
    try:
        changed = read_json(folder.labels)
    except ValueError:  # no machine writes half of it, but people may edit it
        changed = None
    if isinstance(changed, dict):
        try:
            return Labels.model_validate(changed)
        except ValueError:
            pass
    spec = folder.spec()
    return Labels(name=spec.name, tags=spec.tags, note=spec.note)


def write_labels(folder: RunFolder, asked: NewLabels) -> Labels:
    """Change labels of a run; call it with :func:`casa_lab.runs.manager.exclusively`."""
    labels = asked.apply(read_labels(folder))
    write_json(folder.labels, labels.model_dump(mode="json"))
    return labels
