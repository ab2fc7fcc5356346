"""The contract: what the page says, what the overlays add, and how it is found."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from openapi_spec_validator import validate

from mockfire_spec import Contract, ContractError, Operation, Schema, Source, UnknownProfileError, violations
from mockfire_spec.compiled import FILE, HOME
from mockfire_spec.documents import (
    apply_profile,
    compile_contract,
    effective_document,
    profiles,
    read_yaml,
    resolve,
    write_yaml,
)
from mockfire_spec.sources import EVIDENCE

PROFILES = list(profiles())
PATH = "/v1/images/generations"


def operation(profile: str) -> Operation:
    """Return the one operation of *profile*."""
    found = Contract.load(profile).find("POST", PATH)
    assert found is not None
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_valid_openapi(profile: str) -> None:
    """Both effective documents are valid OpenAPI 3.1."""
    validate(effective_document(profile))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_printed_profile_reads_back_the_same(profile: str, tmp_path: Any) -> None:
    """YAML written of a document is that document."""
    document = effective_document(profile)
    (tmp_path / "spec.yaml").write_text(write_yaml(document), "utf-8")

    assert document == read_yaml(tmp_path / "spec.yaml")


def test_the_compiled_contract_is_current() -> None:
    """What is kept compiled is what the documents say: `mockfire spec --compile` writes it anew."""
    assert FILE.read_bytes() == compile_contract()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_changed_document_is_read_anew(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiled contract of other sources is not used: an edit of the YAML counts at once."""
    stale = FILE.read_bytes().replace(b"1536x1024", b"9x9")
    monkeypatch.setattr("mockfire_spec.compiled._text", lambda: stale)
    assert "9x9" in repr(effective_document(profile))

    monkeypatch.undo()
    monkeypatch.setattr("mockfire_spec.compiled.sources_digest", lambda: "of other sources")
    from mockfire_spec.compiled import _text

    _text.cache_clear()
    found = effective_document(profile)
    _text.cache_clear()

    assert found == apply_profile(profiles()[profile])


def test_the_page_names_eight_required_fields() -> None:
    """The documented profile requires every field that the page marks 必需."""
    required = operation("documented").request.definition["required"]

    assert required == [
        "model",
        "prompt",
        "n",
        "response_format",
        "size",
        "background",
        "quality",
        "moderation",
    ]


def test_as_served_requires_the_prompt_alone() -> None:
    """Fields with a default may be left out of what is served."""
    assert operation("as-served").request.definition["required"] == ["prompt"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("response_format", ["url", "b64_json", "oss_url"]),
        ("size", ["1024x1024", "1536x1024", "1024x1536", "auto"]),
        ("background", ["transparent", "opaque", "auto"]),
        ("quality", ["auto", "high", "medium", "low"]),
        ("moderation", ["low", "auto"]),
    ],
)
def test_the_documented_values_are_those_of_the_page(field: str, values: list[str]) -> None:
    """Each list of values is the page's own."""
    assert values == operation("documented").request_for("gpt-image-1")["properties"][field]["enum"]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_documented_example_keeps_every_profile(profile: str) -> None:
    """The page's request is valid as documented and as served, and so is its answer."""
    page = operation("documented")
    judge = operation(profile)

    assert list(violations(judge.request, page.request_examples[0])) == []
    assert list(violations(judge.responses[200], page.response_examples[200][0])) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_every_clause_of_the_request_has_a_source(profile: str) -> None:
    """No field of the request or the answer comes from nowhere."""
    definition = operation(profile).request.definition
    clauses = definition["properties"] | operation(profile).responses[200].definition["properties"]

    assert [name for name, clause in clauses.items() if "x-source" not in clause] == []


@pytest.mark.parametrize("name", ["gateway", "openai"])
def test_every_overlay_action_has_its_evidence(name: str) -> None:
    """Each action says what it rests on, in the words that are known."""
    actions = read_yaml(HOME / "overlays" / f"{name}.yaml")["actions"]

    assert [action["target"] for action in actions if action["x-evidence"]["kind"] not in EVIDENCE] == []
    assert [action["target"] for action in actions if not action["x-evidence"]["where"]] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_every_action_of_an_overlay_changes_something(profile: str) -> None:
    """No action selects nothing: a renamed field would leave it without effect."""
    from mockfire_spec.overlay import apply

    document = read_yaml(HOME / "openapi.yaml")
    for overlay in [read_yaml(HOME / "overlays" / f"{name}.yaml") for name in profiles()[profile]]:
        for action in overlay["actions"]:
            after = apply(document, {**overlay, "actions": [action]})
            assert after != document, action["target"]
            document = after


def test_derivation_speaks_of_every_field() -> None:
    """DERIVATION.md goes through each field of the page, and has ten contradictions at least."""
    text = (HOME / "DERIVATION.md").read_text("utf-8")
    fields = operation("documented").request.definition["properties"]

    assert [name for name in fields if f"\n| {name}: " not in text] == []
    assert [number for number in range(1, 11) if f"\n{number}. **" not in text] == []


def test_an_edited_enum_changes_what_is_accepted() -> None:
    """The contract is data: a value added to the document is accepted, with no code touched."""
    document = copy.deepcopy(effective_document())
    document["components"]["schemas"]["Size"]["enum"].append("2048x2048")
    edited = Contract(document).operations[0]
    body = {"prompt": "a heron", "size": "2048x2048"}

    assert list(violations(edited.request, body)) == []
    assert [found.keyword for found in violations(operation("as-served").request, body)] == ["enum"]


@pytest.mark.parametrize(
    ("model", "evidence"),
    [("gpt-image-1", "documented"), ("gpt-image-1-mini", "inferred"), ("gpt-image-1.5", "inferred")],
)
def test_a_rule_for_another_model_is_only_inferred(model: str, evidence: str) -> None:
    """What the page says of gpt-image-1 is documented for it and inferred for its relatives."""
    body = {"prompt": "a heron", "model": model, "size": "512x512"}

    assert [evidence] == [found.source.evidence for found in violations(operation("as-served").request, body)]


def test_another_model_takes_a_free_size() -> None:
    """Outside the gpt-image-1 family any size of the form WxH is right."""
    request = operation("as-served").request

    assert list(violations(request, {"prompt": "a heron", "model": "cogview", "size": "512x512"})) == []
    assert [
        found.source.evidence
        for found in violations(request, {"prompt": "a heron", "model": "cogview", "size": "big"})
    ] == ["sibling"]


def test_a_missing_field_is_found_at_its_own_place() -> None:
    """The pointer of a missing field leads to where it would be, its source is the field's."""
    found = list(violations(operation("documented").request, {}))

    assert found[0].pointer == "/model"
    assert Source("289170412e0", "model", "枚举值 必需") == found[0].source
    assert len(found) == 8


def test_operations_are_found_with_and_without_the_version() -> None:
    """As served, the path answers without /v1 too; as documented it does not."""
    served, page = Contract.load("as-served"), Contract.load("documented")

    assert served.find("POST", PATH) is served.find("POST", "/images/generations") is not None
    assert page.find("POST", "/images/generations") is None
    assert served.find("GET", PATH) is None


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    """A wrong profile's name gets the right ones."""
    with pytest.raises(UnknownProfileError, match="There are: documented, as-served"):
        Contract.load("served")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"a": {"$ref": "#/b"}}, "leads nowhere"),
        ({"a": {"$ref": "other.yaml#/b"}}, "outside the document"),
        ({"a": {"$ref": "#/a"}}, "leads back to itself"),
    ],
)
def test_a_wrong_reference_is_named(document: dict[str, Any], words: str) -> None:
    """A reference that leads nowhere, elsewhere or in a circle is refused."""
    with pytest.raises(ContractError, match=words):
        resolve(document, document["a"])


def test_broken_yaml_is_refused_with_its_place(tmp_path: Any) -> None:
    """A broken document gets a sentence with file and line."""
    (tmp_path / "broken.yaml").write_text("a: [1\nb: 2", "utf-8")

    with pytest.raises(ContractError, match=r"broken\.yaml.*line 2") as caught:
        read_yaml(tmp_path / "broken.yaml")

    assert caught.value.exit_code == 2


def test_an_answer_with_an_undocumented_error_has_the_shape_of_a_refusal() -> None:
    """A status without a schema is judged as 400 is; as documented there is nothing to judge by."""
    served, page = operation("as-served"), operation("documented")

    assert served.response_schema(418) is served.response_schema(400) is not None
    assert page.response_schema(400) is None


def test_a_schema_without_meaning_accepts_everything() -> None:
    """An empty schema has no violations."""
    assert list(violations(Schema({}), {"any": "thing"})) == []
