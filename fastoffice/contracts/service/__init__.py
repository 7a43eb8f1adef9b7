"""Writing contracts. What each module writes is in its name."""
