"""Profiles: the named ways to start a cluster that are on offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from casa_lab.errors import BadInput, NotFound
from casa_lab.folders import data_dir, read_json

from .backends import load_backend
from .models import Profile

BUILT_IN = (
    Profile(
        name="local",
        title="Local",
        backend="local",
        description="Workers on this machine, one per core.",
    ),
)


def profiles(extra: Iterable[Profile | Mapping[str, Any]] = ()) -> list[Profile]:
    """Return the profiles on offer, with all options filled in, the default one first.

    Parameters
    ----------
    extra
        Profiles that the site configured, as models or as plain mappings.

    Returns
    -------
    list of Profile
        The built-in ones, then the site's, then the user's own from
        ``profiles.json`` in Casa's data directory. A later one replaces an
        earlier one of the same name.

    Raises
    ------
    BadInput
        When a configured profile is not valid.
    """
    found = {profile.name: profile for profile in BUILT_IN}
    for source, entries in (("The site's configuration", extra), _own_profiles()):
        for number, entry in enumerate(entries, 1):
            profile = _parse(entry, f"{source}, profile {number}")
            found[profile.name] = profile
    return [_complete(profile) for profile in found.values()]


def find_profile(name: str, extra: Iterable[Profile | Mapping[str, Any]] = ()) -> Profile:
    """Return one profile by name."""
    known = {profile.name: profile for profile in profiles(extra)}
    if name not in known:
        raise NotFound(
            f"There is no cluster profile named {name!r}. Known are: {', '.join(known)}."
        )
    return known[name]


def _own_profiles() -> tuple[str, list[Any]]:
    path: Path = data_dir() / "profiles.json"
    try:
        content = read_json(path)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as JSON: {error}. Repair or remove it.") from error
    if content is None:
        return str(path), []
    entries = content.get("profiles") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise BadInput(
            f'{path} must hold an object {{"profiles": [...]}} with a list of profiles. '
            "Repair or remove it."
        )
    return str(path), entries


def _parse(entry: Any, where: str) -> Profile:
    try:
        return Profile.model_validate(entry)
    except ValidationError as error:
        raise BadInput(f"{where}: {_explain(error)}") from error


def _complete(profile: Profile) -> Profile:
    """Check a profile's options against its backend, and fill the defaults in."""
    model = load_backend(profile.backend).options_model
    try:
        options = model.model_validate(profile.options)
    except ValidationError as error:
        raise BadInput(f"The cluster profile {profile.name!r}: {_explain(error)}") from error
    return profile.model_copy(update={"options": options.model_dump()})


def _explain(error: ValidationError) -> str:
    """Return what is wrong in one line, field by field."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'the value'}: {problem['msg']}"
        for problem in error.errors()
    )
