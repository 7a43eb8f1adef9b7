"""Paper and files: PDFs from templates, amounts in words, QR codes, content-addressed storage.

A leaf: it prints and keeps what it is given, and knows no rule of the business.
"""
