"""What holds for every route: who may call, what a mistake is answered with, no drift."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jupyter_server.auth import Authorizer
from pydantic import ValidationError

from casa_lab import errors
from casa_lab.clusters.models import NewCluster
from casa_lab.errors import BadInput, CasaError, Conflict, NotFound, TooLarge, Unavailable
from casa_lab.openapi import ENDPOINTS, Endpoint, document
from casa_lab.routes import JSON_HANDLERS, base

VERBS = ("get", "post", "put", "patch", "delete")


def path_of(endpoint: Endpoint) -> str:
    return re.sub(r"\{\w+\}", "nothing", endpoint.path)


def label(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=label)
every_body = pytest.mark.parametrize(
    "endpoint", [endpoint for endpoint in ENDPOINTS if endpoint.body], ids=label
)

either_way = pytest.mark.parametrize("strict", [True, False])

# Raised where a route does not say who may use it.
pytestmark = pytest.mark.filterwarnings("error::jupyter_server.utils.JupyterServerAuthWarning")


def test_the_handlers_are_those_of_the_table() -> None:
    handled = {
        (verb.upper(), handler.path)
        for handler in JSON_HANDLERS
        for verb in VERBS
        if verb in vars(handler)
    }
    assert handled == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


def test_every_error_has_a_status() -> None:
    # Those of other modules, which tests in this process may have loaded, end runs.
    general = {error for error in CasaError.__subclasses__() if error.__module__ == errors.__name__}
    assert set(base.STATUS) == general


async def test_the_api_is_published(ask) -> None:
    reply = await ask("GET", "/casa/openapi.json")
    assert reply.status == 200
    assert reply.body["paths"] == json.loads(json.dumps(document()["paths"]))


@either_way
@every_endpoint
async def test_nobody_gets_in_without_a_token(ask, endpoint) -> None:
    reply = await ask(endpoint.method, path_of(endpoint), {}, headers={"Authorization": ""})
    assert reply.status == 403
    assert "Log in" in reply.message


@either_way
async def test_the_api_itself_is_not_public(ask) -> None:
    reply = await ask("GET", "/casa/openapi.json", headers={"Authorization": ""})
    assert reply.status == 403


class ReadOnly(Authorizer):
    """Lets everybody read, and nobody do anything else."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return not (resource == "casa_lab" and action != "read")


@every_endpoint
async def test_an_authorizer_is_asked(ask, jp_serverapp, monkeypatch, endpoint) -> None:
    monkeypatch.setitem(jp_serverapp.web_app.settings, "authorizer", ReadOnly())
    reply = await ask(endpoint.method, path_of(endpoint), {})
    assert (reply.status == 403) == (endpoint.method != "GET")


async def test_a_browser_must_send_its_xsrf_token(ask, jp_fetch) -> None:
    # Any page, this one says 404, gives a browser its cookies.
    page = await jp_fetch("some-page", raise_error=False)
    cookies = "; ".join(header.split(";")[0] for header in page.headers.get_list("Set-Cookie"))
    logged_in = {"Authorization": "", "Cookie": cookies}
    assert (await ask("GET", "/casa/profiles", headers=dict(logged_in))).status == 200

    body = {"path": "nowhere"}
    refused = await ask("POST", "/casa/sources", body, headers=dict(logged_in))
    assert refused.status == 403
    token = re.search(r"_xsrf=([^;]+)", cookies)
    assert token
    logged_in["X-XSRFToken"] = token[1]
    answered = await ask("POST", "/casa/sources", body, headers=logged_in)
    assert answered.status in (400, 404)


@every_body
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"\xff"', b'{"surplus": 1}'])
async def test_a_body_that_is_not_valid_is_told_in_a_sentence(ask, endpoint, body) -> None:
    reply = await ask(endpoint.method, path_of(endpoint), body)
    assert reply.status == 400
    assert reply.message.endswith((".", ".)"))


async def test_the_sentence_names_the_field(ask) -> None:
    reply = await ask("PATCH", "/casa/clusters/any", {"workers": -1})
    assert reply.status == 400
    assert reply.message == "Field 'workers': input should be greater than or equal to 0."
    reply = await ask("POST", "/casa/runs", {"processor": {"location": "x"}, "datasets": []})
    assert reply.message.startswith("Field 'processor.location': ")
    assert reply.message.endswith("(1 more such problem.)")


@every_body
async def test_a_body_that_is_too_large_is_refused(ask, endpoint) -> None:
    body = b" " * (base.MAX_BODY_BYTES + 1)
    reply = await ask(endpoint.method, path_of(endpoint), body)
    assert reply.status == 413
    assert "1024 kB" in reply.message


async def test_a_method_that_there_is_not(ask) -> None:
    reply = await ask("PUT", "/casa/runs", {})
    assert reply.status == 405
    assert reply.message


async def test_an_address_that_is_no_text(http_server_client, jp_base_url, jp_auth_header) -> None:
    reply = await http_server_client.fetch(
        f"{jp_base_url}casa/runs/%ff", headers=jp_auth_header, raise_error=False
    )
    assert reply.code == 400
    assert set(json.loads(reply.body)) == {"message"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("Sentence."), 400),
        (NotFound("Sentence."), 404),
        (Conflict("Sentence."), 409),
        (TooLarge("Sentence."), 413),
        (Unavailable("Sentence."), 503),
    ],
)
async def test_errors_become_replies(ask, jp_serverapp, monkeypatch, error, status) -> None:
    fail_with(error, jp_serverapp, monkeypatch)
    reply = await ask("GET", "/casa/datasets")
    assert (reply.status, reply.message) == (status, "Sentence.")


async def test_a_full_disk_is_told(ask, jp_serverapp, monkeypatch) -> None:
    fail_with(OSError(errno.ENOSPC, "No space left on device"), jp_serverapp, monkeypatch)
    reply = await ask("GET", "/casa/datasets")
    assert (reply.status, "No space left on device. Make room" in reply.message) == (503, True)


async def test_what_nobody_expected_is_logged_and_still_a_sentence(
    ask, jp_serverapp, monkeypatch, caplog
) -> None:
    fail_with(ZeroDivisionError("secret detail"), jp_serverapp, monkeypatch)
    reply = await ask("GET", "/casa/datasets")
    assert reply.status == 500
    assert "secret" not in reply.message
    assert "ZeroDivisionError: secret detail" in caplog.text
    assert "Traceback" in caplog.text


def fail_with(error: Exception, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error

    catalog = jp_serverapp.web_app.settings["casa_lab"].companion.catalog
    monkeypatch.setattr(catalog, "list", fail)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def bodies(endpoint: Endpoint) -> st.SearchStrategy[Any]:
    """Any JSON at all, or with the fields of the endpoint's model and anything in them."""
    assert endpoint.body is not None
    fields = dict.fromkeys(endpoint.body.model_fields, json_values | st.just("local"))
    return st.one_of(st.fixed_dictionaries({}, optional=fields), json_values)


@every_body
def test_no_body_is_answered_with_500(ask, jp_asyncio_loop, endpoint) -> None:
    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(body=bodies(endpoint))
    def check(body: Any) -> None:
        assume(not starts_a_cluster(endpoint, body))
        reply = jp_asyncio_loop.run_until_complete(
            ask(endpoint.method, path_of(endpoint), json.dumps(body).encode())
        )
        assert 400 <= reply.status < 500
        assert reply.message

    check()


def starts_a_cluster(endpoint: Endpoint, body: Any) -> bool:
    if endpoint.body is not NewCluster:
        return False
    try:
        return NewCluster.model_validate(body).profile == "local"
    except ValidationError:
        return False


def test_the_documentation_lists_every_endpoint() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    listed = set(re.findall(r"^\| `([A-Z]+)` +\| `([^`]+)`", text, re.MULTILINE))
    assert listed == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
