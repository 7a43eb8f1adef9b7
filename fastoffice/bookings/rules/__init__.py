"""What holds of bookings, whoever asks: pure functions of values."""
