"""What the hosted pages say."""

from __future__ import annotations

WORDS = {
    "es": {
        "test": "Página de prueba: no se cobra dinero de verdad.", "pay": "Pagar {amount}", "title": "Pagar",
        "number": "Número de tarjeta", "expiry": "Vence (MM/AA)", "cvc": "CVC", "name": "Nombre", "email": "Correo",
        "back": "Volver sin pagar", "total": "Total", "expired": "Esta página de pago ya venció.",
        "complete": "Este pago ya se hizo.", "return": "Volver",
        "bank": "Tu banco pregunta", "bank_text": "¿Autorizas este pago de {amount}?", "authorise": "Autorizar",
        "fail": "Rechazar", "get_voucher": "Obtener la ficha de OXXO", "voucher": "Ficha de OXXO",
        "until": "Paga en cualquier OXXO a más tardar el {day} a las 23:59.", "reference": "Referencia",
        "shop": "Pagar en la tienda (prueba)", "get_clabe": "Ver los datos para transferir",
        "transfer": "Transferencia SPEI", "clabe": "CLABE", "beneficiary": "Beneficiario", "amount": "Monto",
        "arrives": "La transferencia llega (prueba)", "go_on": "Continuar", "missing": "No existe esta página.",
        "cards": "Tarjetas de prueba: 4242 4242 4242 4242 paga; 4000 0000 0000 0002 se rechaza; "
                 "4000 0027 6000 3184 pide 3-D Secure.",
        "card_declined": "Tu tarjeta fue rechazada.", "insufficient_funds": "Tu tarjeta no tiene fondos suficientes.",
        "expired_card": "Tu tarjeta ya venció.", "incorrect_cvc": "El código de seguridad no es correcto.",
        "incorrect_number": "No es una tarjeta de prueba. Usa 4242 4242 4242 4242.",
        "payment_intent_authentication_failure": "Tu banco no autorizó el pago. Intenta con otra tarjeta.",
    },
    "en": {
        "test": "Test page: no real money is charged.", "pay": "Pay {amount}", "title": "Pay",
        "number": "Card number", "expiry": "Expires (MM/YY)", "cvc": "CVC", "name": "Name", "email": "Email",
        "back": "Back without paying", "total": "Total", "expired": "This payment page has expired.",
        "complete": "This payment was made already.", "return": "Back",
        "bank": "Your bank asks", "bank_text": "Do you authorise this payment of {amount}?", "authorise": "Authorise",
        "fail": "Refuse", "get_voucher": "Get the OXXO voucher", "voucher": "OXXO voucher",
        "until": "Pay in any OXXO shop until 23:59 on {day}.", "reference": "Reference",
        "shop": "Pay it in the shop (test)", "get_clabe": "Show where to transfer",
        "transfer": "SPEI transfer", "clabe": "CLABE", "beneficiary": "Beneficiary", "amount": "Amount",
        "arrives": "The transfer arrives (test)", "go_on": "Go on", "missing": "There is no such page.",
        "cards": "Test cards: 4242 4242 4242 4242 pays; 4000 0000 0000 0002 is declined; "
                 "4000 0027 6000 3184 asks for 3-D Secure.",
        "card_declined": "Your card was declined.", "insufficient_funds": "Your card has insufficient funds.",
        "expired_card": "Your card has expired.", "incorrect_cvc": "The security code is not correct.",
        "incorrect_number": "This is no test card. Use 4242 4242 4242 4242.",
        "payment_intent_authentication_failure": "Your bank did not authorise the payment. Try another card.",
    },
}


def language(locale: str | None, accepted: str) -> str:
    """es or en, from the session's locale, else from the browser."""
    wanted = locale if locale and locale != "auto" else accepted.strip()
    return "es" if wanted[:2].lower() == "es" else "en"


def money(amount: int, currency: str) -> str:
    return f"${amount // 100:,}.{amount % 100:02d} {currency.upper()}"
