"""schemathesis over the OpenAPI document: whatever it sends, document and service agree."""

from __future__ import annotations

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
EXAMPLES = 12
"""Of each operation and each kind of data, beside those that cover the schema's edges."""


@pytest.fixture(scope="module")
def app(host: Host) -> FastAPI:
    return create_app(host, ServiceSettings(), Keys(), pages=False)


@pytest.fixture(scope="module")
def described(app: FastAPI) -> schemathesis.openapi.OpenApiSchema:  # type: ignore[name-defined]
    config = SchemathesisConfig.from_dict({"base-url": ADDRESS, "request-timeout": 60})
    return schemathesis.openapi.from_asgi(
        "/openapi.json", app, config=config, headers={"Host": "127.0.0.1"}
    )


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_the_document_and_the_service_agree(case: schemathesis.Case) -> None:
    case.call_and_validate()
