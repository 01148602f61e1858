"""schemathesis over the OpenAPI document: whatever it sends, document and service agree.

Asked through its generators: its plugin for pytest does not work with pytest 9.2.
"""

from __future__ import annotations

import traceback

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig

from agent.service.app import create_app
from agent.service.host import Host
from agent.service.keys import Keys
from agent.service.settings import ServiceSettings
from tests.service.conftest import ADDRESS

pytestmark = pytest.mark.slow
EXAMPLES = 8
"""Of each operation and each kind of data."""
FEWEST = 20
"""Operations the document has at the least: a test that asked of none would prove nothing."""


@pytest.fixture(scope="module")
def app(host: Host) -> FastAPI:
    return create_app(host, ServiceSettings(), Keys(), pages=False)


def test_the_document_and_the_service_agree(app: FastAPI) -> None:
    config = SchemathesisConfig.from_dict({"base-url": ADDRESS, "request-timeout": 60})
    described = schemathesis.openapi.from_asgi(
        "/openapi.json", app, config=config, headers={"Host": "127.0.0.1"}
    )
    findings, asked = [], 0
    for found in described.get_all_operations():
        operation = found.ok()
        asked += 1
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            try:
                sent(operation, mode)
            except hypothesis.errors.Unsatisfiable:
                continue  # an operation without parameters has no wrong ones
            except (Exception, BaseExceptionGroup) as error:
                whole = "".join(traceback.format_exception_only(error))
                findings.append(f"{operation.label}, {mode.value}: {whole}")
    assert asked >= FEWEST
    assert not findings, "\n\n".join(findings)


def sent(operation: object, mode: schemathesis.GenerationMode) -> None:
    """Ask one operation with data of one kind. Raises what schemathesis finds."""

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))  # type: ignore[attr-defined]
    def agree(case: schemathesis.Case) -> None:
        case.call_and_validate()

    agree()
