"""Reading the lobby: what the tablet, the board, the lists and the portal show."""

from fastoffice.visitors.queries.board import Board, board, open_calls, unattended, waiting
from fastoffice.visitors.queries.evacuation import Present, evacuation
from fastoffice.visitors.queries.lists import invitation_behind
from fastoffice.visitors.queries.lobby import Lobby, Status, lobby, status

__all__ = ["Board", "Lobby", "Present", "Status", "board", "evacuation", "invitation_behind", "lobby",
           "open_calls", "status", "unattended", "waiting"]
