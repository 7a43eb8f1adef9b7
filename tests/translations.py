"""Compiled catalogues are not kept in the repository; tests make them first."""

from tools.translate import LANGUAGES, catalogue_path, compile_one


def compile_catalogues() -> None:
    """Compile every catalogue that is there."""
    for language in LANGUAGES:
        if catalogue_path(language).exists():
            compile_one(language)
