"""What billing does. Functions take the actor, never commit, and queue effects for after the commit."""
