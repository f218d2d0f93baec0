"""``python -m salesflow.cli`` is ``salesflow``."""

from salesflow.cli import main

main()
