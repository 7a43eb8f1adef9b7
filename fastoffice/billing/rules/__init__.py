"""The monthly cycle as pure functions: values in, values out or a named refusal."""
