"""What the hosted pages say."""

from __future__ import annotations

LANGUAGES = ("es", "en")
_WORDS = {  # each in both
    "test": ("Página de prueba: no se cobra dinero de verdad.", "Test page: no real money is charged."),
    "pay": ("Pagar {amount}", "Pay {amount}"),
    "title": ("Pagar", "Pay"),
    "number": ("Número de tarjeta", "Card number"),
    "expiry": ("Vence (MM/AA)", "Expires (MM/YY)"),
    "cvc": ("CVC", "CVC"),
    "name": ("Nombre", "Name"),
    "email": ("Correo", "Email"),
    "back": ("Volver sin pagar", "Back without paying"),
    "total": ("Total", "Total"),
    "expired": ("Esta página de pago ya venció.", "This payment page has expired."),
    "complete": ("Este pago ya se hizo.", "This payment was made already."),
    "return": ("Volver", "Back"),
    "bank": ("Tu banco pregunta", "Your bank asks"),
    "bank_text": ("¿Autorizas este pago de {amount}?", "Do you authorise this payment of {amount}?"),
    "authorise": ("Autorizar", "Authorise"),
    "fail": ("Rechazar", "Refuse"),
    "get_voucher": ("Obtener la ficha de OXXO", "Get the OXXO voucher"),
    "voucher": ("Ficha de OXXO", "OXXO voucher"),
    "until": (
        "Paga en cualquier OXXO a más tardar el {day} a las 23:59.",
        "Pay in any OXXO shop until 23:59 on {day}."),
    "reference": ("Referencia", "Reference"),
    "shop": ("Pagar en la tienda (prueba)", "Pay it in the shop (test)"),
    "get_clabe": ("Ver los datos para transferir", "Show where to transfer"),
    "transfer": ("Transferencia SPEI", "SPEI transfer"),
    "clabe": ("CLABE", "CLABE"),
    "beneficiary": ("Beneficiario", "Beneficiary"),
    "amount": ("Monto", "Amount"),
    "arrives": ("La transferencia llega (prueba)", "The transfer arrives (test)"),
    "go_on": ("Continuar", "Go on"),
    "missing": ("No existe esta página.", "There is no such page."),
    "cards": (
        "Tarjetas de prueba: 4242 4242 4242 4242 paga; 4000 0000 0000 0002 se rechaza; 4000 0027 6000 3184 pide 3-D Secure.",
        "Test cards: 4242 4242 4242 4242 pays; 4000 0000 0000 0002 is declined; 4000 0027 6000 3184 asks for 3-D Secure."),
    "card_declined": ("Tu tarjeta fue rechazada.", "Your card was declined."),
    "insufficient_funds": ("Tu tarjeta no tiene fondos suficientes.", "Your card has insufficient funds."),
    "expired_card": ("Tu tarjeta ya venció.", "Your card has expired."),
    "incorrect_cvc": ("El código de seguridad no es correcto.", "The security code is not correct."),
    "incorrect_number": (
        "No es una tarjeta de prueba. Usa 4242 4242 4242 4242.",
        "This is no test card. Use 4242 4242 4242 4242."),
    "payment_intent_authentication_failure": (
        "Tu banco no autorizó el pago. Intenta con otra tarjeta.",
        "Your bank did not authorise the payment. Try another card."),
}
WORDS = {name: {key: words[place] for key, words in _WORDS.items()} for place, name in enumerate(LANGUAGES)}


def language(locale: str | None, accepted: str) -> str:
    """es or en, from the session's locale, else from the browser."""
    wanted = locale if locale and locale != "auto" else accepted.strip()
    return "es" if wanted[:2].lower() == "es" else "en"


def money(amount: int, currency: str) -> str:
    return f"${amount // 100:,}.{amount % 100:02d} {currency.upper()}"
