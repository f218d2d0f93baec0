"""One store on each kind of database: what is said of a store is said of both."""

from __future__ import annotations

import itertools
import os

import pytest
from tests.store import postgres

from salesflow.store import Store


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL for all tests of this process."""
    try:
        with postgres.server() as running:
            yield running
    except LookupError as error:
        if os.environ.get(postgres.WANTED) == "required":
            raise
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request, tmp_path):
    """What returns the URL of an empty database of either kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_server").new_database
    numbers = itertools.count()
    return lambda: f"sqlite:///{tmp_path / f'deals-{next(numbers)}.db'}"


@pytest.fixture
def url(new_url) -> str:
    """The URL of an empty database of either kind."""
    return new_url()


@pytest.fixture
def store(url):
    """An empty store on either kind of database."""
    with Store(url) as store:
        yield store


@pytest.fixture
def other(store, url):  # noqa: ARG001 - the store is made first
    """The same store, opened by somebody else."""
    with Store(url) as other:
        yield other
