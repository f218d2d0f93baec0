"""
All zones against `whenever` and `zoneinfo`, at every change of the clocks from 2000 to 2037.

Too long for every run (about a minute): ``python -m tests.calendars.zone_sweep``. With
``PYTHONTZPATH=`` in the environment the data are those of the `tzdata` package.
"""

import sys
import zoneinfo

from tests.calendars.test_zones import (
    changes_of,
    differences_from_whenever,
    differences_from_zoneinfo,
)

from salesflow.calendars.zone_files import zone_data_version


def main():
    """Compare, print what differs, and return how many places do."""
    keys = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
    found = []
    for key in keys:
        found += differences_from_whenever(key)
        found += differences_from_zoneinfo(key)
    changes = sum(len(changes_of(key)) for key in keys)
    for key, where in found:
        sys.stdout.write(f"{key} {where.isoformat()}\n")
    sys.stdout.write(
        f"zone data {zone_data_version()}: {len(keys)} zones, {changes} changes, "
        f"{len(found)} differences\n"
    )
    return len(found)


if __name__ == "__main__":
    sys.exit(main() > 0)
