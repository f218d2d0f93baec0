"""Studies: questions that are asked of a whole history."""
