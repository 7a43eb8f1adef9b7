"""What other systems tell us. No session, no form: each message proves by itself whose it is."""
