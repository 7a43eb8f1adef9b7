"""What runs beside the web pages: the ticker, the workers, and whoever looks after them."""
