"""The contract's documents: reading them, and putting a profile's overlays on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockfire_spec.compiled import HOME, compiled, kept
from mockfire_spec.errors import ContractError, UnknownProfileError
from mockfire_spec.overlay import apply_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

DEFAULT_PROFILE = "as-served"


def profiles() -> dict[str, list[str]]:
    """Return each profile's list of overlays, by name, as `profiles.yaml` has them."""
    found: dict[str, list[str]] = kept("documents", "profiles") or read_yaml(HOME / "profiles.yaml")
    return found


def effective_document(profile: str = DEFAULT_PROFILE) -> dict[str, Any]:
    """Return the OpenAPI document of *profile*: the page with the profile's overlays applied.

    Raise UnknownProfileError where there is no such profile.
    """
    known = profiles()
    if profile not in known:
        raise UnknownProfileError(f"no profile {profile!r}. There are: {', '.join(known)}.")
    return kept("effective", profile) or apply_profile(known[profile])


def apply_profile(overlays: Sequence[str]) -> dict[str, Any]:
    """Return the page with *overlays* (their names) applied, read anew from the documents."""
    read = (read_yaml(HOME / "overlays" / f"{name}.yaml") for name in overlays)
    return apply_all(read_yaml(HOME / "openapi.yaml"), read)


def compile_contract() -> bytes:
    """Return the text that `compiled.json` has to have, made anew from the documents."""
    known = read_yaml(HOME / "profiles.yaml")
    effective = {profile: apply_profile(overlays) for profile, overlays in known.items()}
    return compiled(
        {"documents": {"profiles": known, "prices": read_yaml(HOME / "prices.yaml")}, "effective": effective}
    )


def read_yaml(path: Traversable) -> Any:
    """Return the YAML document at *path*; raise ContractError with the place where it is broken."""
    import yaml

    try:
        return yaml.load(path.read_text("utf-8"), Loader=_loader())  # noqa: S506 - it is a safe loader, in C where there is one
    except (OSError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ContractError(f"{path}: {reason}") from None


def write_yaml(document: Mapping[str, Any]) -> str:
    """Return *document* as YAML text, keys in their order, without anchors."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            del data
            return True

    return yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=110)


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def resolve(document: Mapping[str, Any], node: Any, trail: tuple[str, ...] = ()) -> Any:
    """Return *node* with every `$ref` replaced by what it names in *document*, keys beside it kept.

    Raise ContractError where a reference leads nowhere, leaves the document or runs in a circle.
    """
    if isinstance(node, list):
        return [resolve(document, item, trail) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        return _resolve_reference(document, node, reference, trail)
    return {key: resolve(document, value, trail) for key, value in node.items()}


def _resolve_reference(
    document: Mapping[str, Any], node: Mapping[str, Any], reference: str, trail: tuple[str, ...]
) -> dict[str, Any]:
    if reference in trail:
        raise ContractError(f"{reference} leads back to itself: {' -> '.join((*trail, reference))}")
    target = resolve(document, _at(document, reference), (*trail, reference))
    beside = {key: resolve(document, value, trail) for key, value in node.items() if key != "$ref"}
    return {**target, **beside}


def _at(document: Mapping[str, Any], reference: str) -> Any:
    if not reference.startswith("#/"):
        raise ContractError(f"{reference!r} is outside the document; only '#/...' is followed")
    node: Any = document
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            raise ContractError(f"{reference!r} leads nowhere: no {key!r} there")
        node = node[key]
    return node
