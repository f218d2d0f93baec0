"""Other engines and parsers: what they make of exports and drawings."""
