"""Append-only, hash-chained log. `record` notes an entry; the unit of work seals them just before its commit.

Sealing last keeps the lock on the chain's end short, however long the unit was.
"""

from fastoffice.audit.service import NETWORK_CHAIN, Actor, forget, record, seal
from fastoffice.audit.verify import verify_chain

__all__ = ["NETWORK_CHAIN", "Actor", "forget", "record", "seal", "verify_chain"]
