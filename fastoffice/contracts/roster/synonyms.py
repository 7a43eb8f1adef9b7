"""What people write above each column. Folded text (see `text.fold`); the first names are the surest."""

from __future__ import annotations

import re

NAMES: dict[str, tuple[str, ...]] = {
    "legal_name": (
        "razon social", "nombre o razon social", "nombre razon social", "legal name",
        "razon social cliente", "denominacion social", "nombre fiscal", "nombre del cliente",
        "nombre cliente", "cliente", "client name", "customer name", "company name", "client", "customer",
        "company", "arrendatario", "titular", "tenant", "empresa", "nombre", "nombre completo", "name",
        "business name",
    ),
    "trade_name": (
        "nombre comercial", "trade name", "trading name", "comercial", "marca", "alias", "brand", "dba",
    ),
    "tax_id": (
        "rfc", "r f c", "rfc cliente", "tax id", "tax id rfc", "tax number", "vat number", "vat id", "nif",
        "cif", "cui", "clave rfc", "registro federal de contribuyentes",
    ),
    "tax_regime": (
        "regimen", "regimen fiscal", "clave regimen", "clave de regimen", "tax regime", "reg fiscal",
    ),
    "cfdi_use": ("uso cfdi", "uso de cfdi", "uso del cfdi", "cfdi use", "cfdi", "uso"),
    "fiscal_postal_code": (
        "c p fiscal", "cp fiscal", "codigo postal fiscal", "fiscal postal code", "codigo postal", "c p",
        "cp", "postal code", "zip code", "zip", "postcode", "domicilio fiscal c p", "domicilio fiscal cp",
    ),
    "contact_name": (
        "contacto", "nombre de contacto", "nombre del contacto", "persona de contacto", "contact",
        "contact name", "contact person", "atencion", "at n", "responsable", "representante",
        "representante legal",
    ),
    "emails": (
        "correo para facturas", "correo facturacion", "correo de facturacion", "correo electronico",
        "correos", "correo", "correos electronicos", "e mail", "email", "emails", "e mails", "mail",
        "billing email", "invoice email", "email address", "correo e",
    ),
    "phone": (
        "telefono", "tel", "telefonos", "tels", "phone", "phone number", "telephone", "celular", "cel",
        "movil", "mobile", "cell", "cell phone", "tel cel", "numero de telefono", "whatsapp",
    ),
    "service": (
        "servicio", "servicio contratado", "tipo de servicio", "service", "producto", "product", "plan",
        "plan contratado", "paquete", "package", "tipo de oficina", "modalidad", "concepto", "tipo",
        "type",
    ),
    "office": (
        "oficina", "no de oficina", "no oficina", "numero de oficina", "num oficina", "oficina no",
        "office", "office number", "office no", "of", "despacho", "suite", "local", "unit", "unidad",
        "cubiculo", "espacio", "room", "desk",
    ),
    "starts_on": (
        "inicio de contrato", "inicio del contrato", "inicio contrato", "fecha de inicio", "fecha inicio",
        "inicio", "contract start", "start date", "starts on", "starts", "start", "inicia",
        "fecha inicial", "desde", "vigencia desde", "inicio de vigencia", "inicio vigencia",
        "fecha de alta", "alta", "fecha de ingreso", "ingreso", "fecha de contrato", "fecha contrato",
        "from", "begin", "since",
    ),
    "ends_on": (
        "vencimiento", "fecha de vencimiento", "fecha vencimiento", "vencimiento de contrato",
        "vencimiento del contrato", "vencimiento contrato", "fin de contrato", "fin del contrato",
        "fin contrato", "contract end", "end date", "ends on", "ends", "end", "vence", "termino",
        "fecha de termino", "fecha termino", "termina", "fecha fin", "fecha final", "fin", "hasta",
        "vigencia hasta", "fin de vigencia", "expiry", "expiry date", "expires", "until", "to", "vigencia",
    ),
    "prompt_price": (
        "pago puntual", "precio pago puntual", "precio de pago puntual", "prompt price",
        "prompt payment price", "prompt payment", "precio puntual", "pronto pago", "precio pronto pago",
        "renta pago puntual", "precio con descuento", "renta mensual", "renta", "monthly rent",
        "monthly price", "precio mensual", "mensualidad", "precio", "price", "rent", "monto mensual",
        "importe mensual", "importe", "monto", "cuota", "tarifa", "costo", "monthly fee", "fee",
    ),
    "list_price": (
        "precio de lista", "precio lista", "list price", "lista", "precio normal", "precio regular",
        "regular price", "full price", "renta de lista", "pago normal", "precio sin descuento",
        "precio publico", "pago tardio", "pago extemporaneo", "pago fuera de fecha", "late price",
    ),
    "deposit": (
        "deposito", "deposito en garantia", "deposito de garantia", "deposit", "security deposit",
        "garantia", "fianza", "depositos",
    ),
    "channels": (
        "medio de envio", "medios de envio", "forma de envio", "metodo de envio", "canal de envio",
        "canal de entrega", "medio de entrega", "forma de entrega", "envio de factura",
        "entrega de factura", "envio", "entrega", "canal", "canales", "delivery", "delivery channel",
        "delivery method", "channel", "channels", "send by",
    ),
    "meeting_hours": (
        "horas de sala", "horas sala", "hrs sala", "hrs de sala", "horas de sala de juntas",
        "horas sala de juntas", "meeting room hours", "meeting hours", "horas incluidas", "included hours",
        "sala de juntas", "horas", "hours",
    ),
    "group": (
        "grupo", "grupo de clientes", "group", "client group", "segmento", "segment", "tipo de cliente",
        "categoria", "category", "clasificacion",
    ),
    "notes": (
        "observaciones", "observacion", "notas", "nota", "comentarios", "comentario", "notes", "note",
        "remarks", "comments", "obs",
    ),
}

# When nothing above is the whole header; the first that fits wins.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("list_price", r"\blista\b|\blist price\b|\bprecio (normal|regular)\b"),
        ("prompt_price", r"\bpuntual\b|\bpronto pago\b|\bprompt\b"),
        ("deposit", r"\bdeposito\b|\bdeposit\b"),
        ("meeting_hours", r"\b(horas|hrs|hours)\b.*\b(salas?|juntas|meeting)\b"),
        ("channels", r"\b(medios?|forma|metodo|canal)\b.*\b(envio|entrega)\b|\bdelivery\b"),
        ("emails", r"\b(correos?|e ?mails?|mails?)\b(?! postal)"),
        ("phone", r"\b(tels?|telefonos?|celular|movil|phone|mobile)\b"),
        ("fiscal_postal_code", r"\b(codigo postal|c p|cp|zip|postal code)\b"),
        ("tax_id", r"\brfc\b|\br f c\b|\btax id\b"),
        ("tax_regime", r"\bregimen\b|\btax regime\b"),
        ("cfdi_use", r"\bcfdi\b"),
        ("trade_name", r"\bnombre comercial\b|\btrade name\b"),
        ("legal_name", r"\brazon social\b|\bnombre del? (cliente|arrendatario|titular)\b|\blegal name\b"),
        ("starts_on", r"\b(inicio|inicia|start|starts|desde)\b"),
        ("ends_on", r"\b(vencimiento|vence|termino|termina|end|ends|expir\w+|hasta)\b"),
        ("office", r"\b(no|num|numero) (de |of )?(oficina|office|local|suite)\b"),
        ("service", r"\bservicio\b|\bservice\b"),
        ("contact_name", r"\bcontacto\b|\bcontact\b"),
        ("group", r"\bgrupo\b|\bsegmento\b"),
        ("notes", r"\b(observaciones|comentarios|notas|remarks|comments)\b"),
    )
)
