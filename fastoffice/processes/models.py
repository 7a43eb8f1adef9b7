"""Signs of life that every process may need to read, kept where all of them can: in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Model


class Pulse(Model):
    """When something last went well: `name` is tick, backup or backup_verified; `detail` says what it did."""

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
