"""Settings of the branch: its data, issuer, account, policy, holidays, series, taxes and people."""

from importlib import import_module

from fastoffice.blueprints.staff.settings.frame import blueprint

for _name in ("branch", "bank", "online", "policy", "calendar", "catalogue", "people", "devices", "network"):
    import_module(f"{__name__}.{_name}")

__all__ = ["blueprint"]
