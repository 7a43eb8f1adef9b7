"""Payments through the processor, from the button to the books."""
