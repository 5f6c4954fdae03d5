"""On which databases a flow runs."""

import pytest

ONE_DATABASE = pytest.mark.parametrize("platform", ["sqlite"], indirect=True)
"""For a flow whose rules are not the database's; tests/flows/test_site.py plays a whole tender on PostgreSQL."""
