"""Made-up clients: companies and people, with tax ids whose check digit is right. Same seed, same names."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from stdnum.mx import rfc

from fastoffice.folding import fold

FIRST = ("Ana", "Beatriz", "Carlos", "Emiliano", "Gabriela", "Héctor", "Íñigo", "Jorge", "José", "Luis", "María",
         "Ñuño", "Óscar", "Paulina", "Raúl", "Renata", "Sofía", "Ximena", "Zoé", "Alejandra")
LAST = ("Castañeda", "Cruz", "Flores", "García", "Gómez", "González", "Güemes", "Hernández", "Ibáñez", "López",
        "Martínez", "Müller", "Núñez", "O'Farrill", "Peña", "Pérez", "Ramírez", "Rodríguez", "Sánchez", "Yáñez")
TRADES = ("Arquitectura", "Bienes Raíces", "Comercializadora", "Consultores", "Despacho Jurídico", "Diseño",
          "Energía", "Ingeniería", "Logística", "Publicidad", "Seguros", "Servicios Contables", "Tecnología")
FORMS = ("S.A. de C.V.", "S.C.", "SAPI de C.V.", "S. de R.L. de C.V.", "SAS")
# (service, prompt price, list price, occupies an office, share)
SERVICES = (
    ("Oficina privada 2 pers.", 890_000, 1_065_000, True, 22), ("Oficina privada", 650_000, 790_000, True, 18),
    ("Coworking flexible", 230_000, 280_000, True, 12), ("Oficina virtual Plus", 145_000, 189_000, False, 16),
    ("Oficina virtual", 89_000, 119_000, False, 18), ("Domicilio fiscal", 65_000, 85_000, False, 14),
)


@dataclass(frozen=True)
class Invented:
    """A client and what it rents; prices in minor units."""

    legal_name: str
    contact: str
    email: str
    phone: str
    tax_id: str
    postal_code: str
    service: str
    prompt_price: int
    list_price: int
    needs_office: bool
    channels: tuple[str, ...]


def invent(chance: random.Random, number: int) -> Invented:
    """Client number `number`: numbers keep e-mails and tax ids apart."""
    is_company = chance.random() < 0.7
    first, second, third = chance.choice(FIRST), chance.choice(LAST), chance.choice(LAST)
    name = f"{chance.choice(TRADES)} {second} {third}, {chance.choice(FORMS)}" if is_company else \
        f"{first} {second} {third}"
    service, prompt, at_list, office, _share = chance.choices(SERVICES, [row[4] for row in SERVICES])[0]
    contact = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    step = chance.choice((0, 0, 0, 4_000, -3_000, 6_000))
    return Invented(
        legal_name=name, contact=contact, email=f"{fold(contact).replace(' ', '.')}{number}@cliente.example",
        phone=f"+5255{chance.randrange(10_000_000, 99_999_999)}", tax_id=_tax_id(name, is_company, number, chance),
        postal_code=chance.choice(("06600", "11560", "22010", "44160", "64000", "76000", "97000")),
        service=service, prompt_price=prompt + step, list_price=at_list + step, needs_office=office,
        channels=_channels(chance))


def _channels(chance: random.Random) -> tuple[str, ...]:
    kinds = (("email",), ("email", "post"), ("post",), ("whatsapp",))
    return chance.choices(kinds, (84, 8, 4, 4))[0]


def _tax_id(name: str, is_company: bool, number: int, chance: random.Random) -> str:
    letters = "".join(char for char in fold(name).upper() if char.isascii() and char.isalpha())
    start = (letters + "XXXX")[:3 if is_company else 4].replace("Ñ", "X")
    day = date(1960, 1, 1) + (date(2015, 1, 1) - date(1960, 1, 1)) * chance.random()
    alphabet = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
    body = f"{start}{day:%y%m%d}{alphabet[number // len(alphabet) % len(alphabet)]}{alphabet[number % len(alphabet)]}"
    return body + str(rfc.calc_check_digit(body))
