"""Secrets that have to wait in the database for a moment.

Whoever has the whole database can open them, but nobody who looks at a table, an export or the
log of a query. The key is made of the database's own secret, so a copy that was given another one
cannot open them either.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


def seal(env, text):
    """Return a text in a form that does not show it.

    :rtype: str
    """
    return _get_lock(env).encrypt(text.encode()).decode()


def unseal(env, sealed):
    """Return the text that was sealed; None where it cannot be opened any more.

    :rtype: str | None
    """
    try:
        return _get_lock(env).decrypt((sealed or "").encode()).decode()
    except InvalidToken:
        return None


def _get_lock(env):
    # Elevated: nobody but the system may read its secret.
    secret = env["ir.config_parameter"].sudo().get_param("database.secret")
    key = hashlib.sha256(f"garazd_merchant_center {secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
