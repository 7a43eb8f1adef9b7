"""The three trimming steps of `make vendor`: stylesheet, font, icons."""
