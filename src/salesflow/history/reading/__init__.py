"""Reading: from files, frames and events of any make to the columns of a log."""
