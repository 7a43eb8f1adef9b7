"""What screens, commands and other capabilities read of billing."""
