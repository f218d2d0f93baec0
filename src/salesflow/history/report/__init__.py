"""The report: what an audit says, as data, tables, pages and files."""
