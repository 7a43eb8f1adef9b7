"""Asking, answering and taking back what clients ask of the branch."""

from fastoffice.receivables.service.answering import (
    Arrived,
    accept_data,
    accept_dispute,
    accept_instalments,
    confirm_transfer,
    move_hold,
    reject,
)
from fastoffice.receivables.service.asking import Asked, ask_for_instalments, correct_data, dispute, tell_transfer
from fastoffice.receivables.service.files import KeptFile, keep
from fastoffice.receivables.service.withdrawing import withdraw

__all__ = [
    "Arrived",
    "Asked",
    "KeptFile",
    "accept_data",
    "accept_dispute",
    "accept_instalments",
    "ask_for_instalments",
    "confirm_transfer",
    "correct_data",
    "dispute",
    "keep",
    "move_hold",
    "reject",
    "tell_transfer",
    "withdraw",
]
