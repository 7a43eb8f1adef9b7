"""WSGI entry."""

from fastoffice import create_app

app = create_app()
