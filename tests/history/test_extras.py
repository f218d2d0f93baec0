import subprocess
import sys

import pytest

CODE = """
import sys
sys.modules[{name!r}] = None
import salesflow as sf
try:
    sf.EventLog
except sf.SalesflowError as error:
    print(error)
"""


class TestMissingExtra:
    @pytest.mark.parametrize("name", ["numpy", "polars"])
    def test_names_the_extra(self, name):
        """Without the libraries of the extra, the first use says what to install."""
        run = subprocess.run(
            [sys.executable, "-c", CODE.format(name=name)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert (run.stdout, run.stderr) == (
            f"{name} is not installed. Install it: pip install 'salesflow[history]'\n",
            "",
        )
