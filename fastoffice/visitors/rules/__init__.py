"""Pure rules of the lobby: whom a visitor means, what a visit may become, when an invitation counts."""
