"""The page about CRM data names everything that can come out of it."""

import re

import pytest

from salesflow.history.crm.hubspot.dialect import DIALECT as HUBSPOT
from salesflow.history.crm.pipedrive.dialect import DIALECT as PIPEDRIVE
from salesflow.history.crm.salesforce.dialect import DIALECT as SALESFORCE
from salesflow.history.crm.tally import REASONS
from salesflow.history.reading.quality import CRM_FLAGS

DIALECTS = [HUBSPOT, SALESFORCE, PIPEDRIVE]


@pytest.fixture(scope="module")
def page(root):
    text = (root / "docs" / "reference" / "crm-data.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([^`]+)`", text))


class TestPage:
    def test_reasons(self, page):
        """Every reason why something cannot be used has its line."""
        assert set(REASONS) <= page

    def test_flags(self, page):
        """So has every flag."""
        assert set(CRM_FLAGS) <= page

    @pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.system)
    def test_kinds(self, page, dialect):
        """So has every kind of activity that needs no mapping."""
        assert set(dialect.activities) <= page

    def test_statuses_of_hubspot(self, page):
        """So has every word for how far an activity has come."""
        words = {*HUBSPOT.statuses, *HUBSPOT.unfinished} - {"TASK/IN_PROGRESS"}

        assert words <= page
