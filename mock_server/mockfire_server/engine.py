"""The engine: from a request to its answer. Synchronous, and without input or output."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from mockfire_server.addresses import PREFIX
from mockfire_server.elsewhere import ALLOW_ORIGIN, answer_elsewhere
from mockfire_server.errors import PANIC, render, too_large
from mockfire_server.files import serve_file
from mockfire_server.identity import request_id
from mockfire_server.journal import Journal, Notes
from mockfire_server.operate import Call, operate, read
from mockfire_server.settings import Settings
from mockfire_spec import Response
from mockfire_spec.prices import load_prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server.journal import Entry
    from mockfire_server.operate import Outcome
    from mockfire_spec import Contract, Request
    from mockfire_spec.prices import Prices

ID_HEADERS = {"new_api_error": "x-oneapi-request-id", "rix_api_error": "x-rixapi-request-id"}
"""The header of each gateway's request id (new-api common/constants.go; Rix API's error page 503)."""

_log = logging.getLogger("mockfire")


class Engine:
    """Answers requests as *contract* promises, and writes each exchange into its journal.

    *clock* returns the time in Unix seconds.
    """

    def __init__(
        self,
        contract: Contract,
        settings: Settings | None = None,
        *,
        prices: Prices | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.contract = contract
        self.settings = settings or Settings()
        self.prices = prices or load_prices()
        self.clock = clock
        self.journal = Journal()
        self._remember = lru_cache(maxsize=512)(read)

    def respond(self, request: Request) -> Response:
        """Return the answer to *request*; never raise."""
        return self.exchange(request)[0]

    def exchange(self, request: Request, *, too_long: bool = False) -> tuple[Response, Entry]:
        """Return the answer to *request*, and what the journal says of it; never raise.

        *too_long* says that the body was over the limit and not read.
        """
        started, now = time.perf_counter(), self.clock()
        number = request_id(now)
        response, notes = self._too_long(number) if too_long else self._guarded(request, now, number)
        ids = ((ID_HEADERS[self.settings.error_type], number), ("x-request-id", number))
        response = Response(response.status, (*response.headers, ALLOW_ORIGIN, *ids), response.body)
        milliseconds = (time.perf_counter() - started) * 1e3
        entry = self.journal.record(
            request, response, notes, number=number, at=now, milliseconds=milliseconds
        )
        return response, entry

    def _too_long(self, number: str) -> Outcome:
        refusal = too_large(self.settings.max_body)
        return render(refusal, self.settings, number), Notes(remarks=(f"refused: {refusal.message}",))

    def _guarded(self, request: Request, now: float, number: str) -> Outcome:
        try:
            return self._outcome(request, now, number)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take the server down
            _log.exception(
                "mockfire itself failed on %s %s: please report this", request.method, request.path
            )
            refusal = PANIC.about(reason=type(error).__name__)
            return render(refusal, self.settings, number), Notes(remarks=("a fault of mockfire itself",))

    def _outcome(self, request: Request, now: float, number: str) -> Outcome:
        if len(request.body) > self.settings.max_body:
            return self._too_long(number)
        operation = self.contract.find(request.method, request.path)
        if operation is not None:
            return operate(Call(operation, request, self.settings, self.prices, now, number, self._remember))
        if request.path.startswith(PREFIX):
            return serve_file(request, self.settings, now, number), Notes()
        return answer_elsewhere(self.contract, request, self.settings, number), Notes()
