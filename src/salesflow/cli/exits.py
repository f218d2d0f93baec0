"""How commands end that do not end well."""

UNUSABLE = 2
"""The exit code of every command that could not do its work."""
