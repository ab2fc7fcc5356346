"""What puts the requests and answers of a server through a change: of this, faults are made."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockfire_contract.errors import UnansweredError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_spec import Request, Response, Send

    Wrap = Callable[[Send], Send]

HOME = "/v1/images/generations"


def told_otherwise(change: Callable[[dict[str, Any]], Any]) -> Wrap:
    """Return what puts the JSON object of each success through *change*."""

    def redo(answer: Response) -> Response:
        return replace(answer, body=json.dumps(change(answer.json())).encode())

    return redone(redo, of_success)


def listed_otherwise(change: Callable[[dict[str, Any]], Any]) -> Wrap:
    """Return what puts each picture of each success through *change*."""
    return told_otherwise(lambda answer: {**answer, "data": [change(item) for item in answer["data"]]})


def redone(change: Callable[[Response], Response], when: Callable[[Response], bool]) -> Wrap:
    """Return what puts each answer of which *when* holds through *change*."""

    def wrap(send: Send) -> Send:
        def answer(request: Request) -> Response:
            response = send(request)
            return change(response) if when(response) else response

        return answer

    return wrap


def asked_otherwise(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Wrap:
    """Return what puts the JSON object of each request through *change* before the server reads it."""

    def wrap(send: Send) -> Send:
        def answer(request: Request) -> Response:
            payload = payload_of(request)
            body = json.dumps(change(payload)).encode() if payload else request.body
            return send(replace(request, body=body))

        return answer

    return wrap


def answered(response: Response, **asked: Any) -> Wrap:
    """Return what answers requests that have *asked* (None: that lack it) with *response*."""

    def wrap(send: Send) -> Send:
        def answer(request: Request) -> Response:
            payload = payload_of(request)
            is_meant = payload and all(payload.get(name) == value for name, value in asked.items())
            return (
                replace(send(request), status=response.status, body=response.body)
                if is_meant
                else send(request)
            )

        return answer

    return wrap


def if_not_authorized(when: Callable[[str], bool], key: str) -> Wrap:
    """Return what takes a request for authorized when *when* holds of its token."""

    def wrap(send: Send) -> Send:
        def answer(request: Request) -> Response:
            return send(with_token(request, key) if when(request.header("authorization") or "") else request)

        return answer

    return wrap


def broken_off(send: Send) -> Send:
    """Return what breaks off where a picture is asked for as base64."""

    def answer(request: Request) -> Response:
        if payload_of(request).get("response_format") == "b64_json":
            raise UnansweredError("the connection was reset", reached=True)
        return send(request)

    return answer


def echoing(send: Send) -> Send:
    """Return what sends the token of each request back in a header."""

    def answer(request: Request) -> Response:
        response, token = send(request), request.header("authorization")
        return replace(response, headers=(*response.headers, ("x-seen", token))) if token else response

    return answer


def everywhere(send: Send) -> Send:
    """Return what makes a picture whatever method and path it is asked at."""
    return lambda request: send(replace(request, method="POST", path=HOME) if request.body else request)


def of_two_minds(send: Send) -> Send:
    """Return what refuses a broken request with 400 the first time, and with 422 from then on."""
    seen: Counter[bytes] = Counter()

    def answer(request: Request) -> Response:
        response = send(request)
        seen[request.body] += 1
        again = response.status == 400 and seen[request.body] > 1
        return replace(response, status=422) if again else response

    return answer


def with_token(request: Request, key: str) -> Request:
    """Return *request* with *key* as its token, whatever it had."""
    others = tuple(pair for pair in request.headers if pair[0] != "authorization")
    return replace(request, headers=(*others, ("authorization", f"Bearer {key}")))


def payload_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of *request*, or an empty one."""
    try:
        payload = request.json()
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def without_header(name: str) -> Callable[[Response], Response]:
    """Return what takes the header *name* out of an answer."""
    return lambda answer: replace(answer, headers=tuple(pair for pair in answer.headers if pair[0] != name))


def dropped(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what takes the field *name* out of an object."""
    return lambda value: {key: part for key, part in value.items() if key != name}


def edited(name: str, change: Callable[[str], str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what puts the field *name* of an object, where it is there, through *change*."""
    return lambda item: {**item, name: change(item[name])} if name in item else item


def swapped(name: str, values: dict[Any, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what exchanges a value of the field *name* by the one beside it in *values* (None: absent)."""

    def change(payload: dict[str, Any]) -> dict[str, Any]:
        given = payload.get(name)
        known = {(type(value), value): other for value, other in values.items()}
        if isinstance(given, list | dict) or (type(given), given) not in known:
            return payload
        return {**payload, name: known[type(given), given]}

    return change


def of_picture(answer: Response) -> bool:
    """Tell whether *answer* carries a picture's bytes."""
    return (answer.header("content-type") or "").startswith("image/")


def of_success(answer: Response) -> bool:
    """Tell whether *answer* is the API's success."""
    return answer.status == 200 and not of_picture(answer)


def of_refusal(answer: Response) -> bool:
    """Tell whether *answer* is a refusal."""
    return answer.status >= 400


def of_api(answer: Response) -> bool:
    """Tell whether *answer* is the API's, be it success or refusal."""
    return not of_picture(answer)


def refusing(response: Response, when: Callable[[dict[str, Any]], bool]) -> Wrap:
    """Return what refuses requests that the server would serve, *when* something holds of their body."""

    def wrap(send: Send) -> Send:
        def answer(request: Request) -> Response:
            served = send(request)
            payload = payload_of(request)
            meant = served.status == 200 and payload and when(payload)
            return replace(served, status=response.status, body=response.body) if meant else served

        return answer

    return wrap


def web_page(send: Send) -> Send:
    """Return what answers everything but the API and its pictures with a web page and 200."""
    page = (("content-type", "text/html"), ("x-oneapi-request-id", "1"))

    def answer(request: Request) -> Response:
        response = send(request)
        return (
            replace(response, status=200, headers=page, body=b"<html>")
            if response.status == 404
            else response
        )

    return answer
