"""Pure rules of the mail room."""
