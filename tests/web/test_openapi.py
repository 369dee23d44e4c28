"""The API's description: valid, complete, made from the table that serves."""

import pytest
from openapi_spec_validator import validate

from tests.web.edges import serving
from web.openapi import description
from web.routes import ROUTES


def test_the_description_is_valid_openapi_3_1():
    validate(description("1.2.3"))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_described(route):
    operation = description("1.2.3")["paths"][route.path][route.method.lower()]
    assert operation["summary"]
    assert str(route.status) in operation["responses"]
    assert "500" in operation["responses"]
    assert ("requestBody" in operation) == (route.body is not None)


def test_operation_ids_are_unique():
    ids = [op["operationId"] for path in description("1")["paths"].values() for op in path.values()]
    assert len(set(ids)) == len(ids)


async def test_it_is_served_and_every_described_path_is_routed():
    async with serving() as stage:
        document = (await stage.http.get("/openapi.json")).json()
        assert document["info"]["version"] == "1.2.3"
        rules = {(rule.rule, method) for rule in app_rules(stage) for method in rule.methods}
        for route in ROUTES:
            assert (route.rule, route.method) in rules


def app_rules(stage):
    from web.app import create_app

    return list(create_app(stage.factory.deps(stage.system)).url_map.iter_rules())
