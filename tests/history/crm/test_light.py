"""CRM data is read with the base install alone."""

import subprocess
import sys

CODE = """
import sys
sys.modules["numpy"] = sys.modules["polars"] = None
from salesflow.history import Mapping, load_mapping, Quality
from salesflow.history.crm import hubspot, pipedrive, salesforce
import salesflow as sf
process = sf.load_process("six-step")
mapping = Mapping()
print([len(crm.events_of([], process, mapping)) for crm in (hubspot, pipedrive, salesforce)])
import salesflow.history as history
for name in ("EventLog", "nothing"):
    try:
        getattr(history, name)
    except (sf.SalesflowError, AttributeError) as error:
        print(error)
"""


class TestBaseInstall:
    def test_without_the_extra(self):
        """No library of the extra is needed; what does need one says so."""
        run = subprocess.run(
            [sys.executable, "-c", CODE], capture_output=True, text=True, check=False, timeout=60
        )

        assert (run.stderr, run.stdout.splitlines()) == (
            "",
            [
                "[0, 0, 0]",
                "numpy is not installed. Install it: pip install 'salesflow[history]'",
                "module 'salesflow.history' has no attribute 'nothing'",
            ],
        )
