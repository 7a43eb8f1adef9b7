"""What Flask-Security says to people, in our words; translated when shown, from our own catalogues."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802
    """Mark `text` for the catalogues; it is translated when it is shown."""
    return text


MESSAGES: dict[str, tuple[str, str]] = {
    "API_ERROR": (N_("That did not work. Please try again."), "error"),
    "GENERIC_AUTHN_FAILED": (N_("E-mail or password is not right."), "error"),
    "UNAUTHORIZED": (N_("Your role does not include this. Ask your manager if you need it."), "error"),
    "UNAUTHENTICATED": (N_("Please sign in."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Please confirm with your password that it is you."), "info"),
    "PASSWORD_MISMATCH": (N_("The password is not right."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords are not the same."), "error"),
    "INVALID_REDIRECT": (N_("That link leads outside of FastOffice, so we did not follow it."), "error"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code is not right, or it was used already."), "error"),
    "NO_RECOVERY_CODES_SETUP": (N_("You have no recovery codes yet."), "info"),
    "PASSWORD_RESET_REQUEST": (
        N_("If there is an account for %(email)s, a link is on its way. It works for one day."), "info"),
    "PASSWORD_RESET_EXPIRED": (N_("That link has expired. Ask for a new one here."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("That link does not work any more. Ask for a new one here."), "error"),
    "DISABLED_ACCOUNT": (N_("This account is deactivated. Ask your manager."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Please write your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not an e-mail address."), "error"),
    "INVALID_CODE": (N_("The code is not right."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Please write your password."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("A password has %(length)s characters or more."), "error"),
    "USER_DOES_NOT_EXIST": (N_("E-mail or password is not right."), "error"),
    "INVALID_PASSWORD": (N_("The password is not right."), "error"),
    "INVALID_PASSWORD_CODE": (N_("The password is not right."), "error"),
    "FORGOT_PASSWORD": (N_("Forgot your password?"), "info"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password is set. Sign in with it."), "success"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the old one."), "error"),
    "PASSWORD_CHANGE": (N_("Your password was changed; your other sessions have ended."), "success"),
    "LOGIN": (N_("Please sign in."), "info"),
    "REFRESH": (N_("Please confirm with your password that it is you."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you, go on."), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "info"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("The code is not right. Wait for the next one and try again."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("Welcome."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (N_("The second factor is on."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Please sign in again."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Choose one of the options."), "error"),
    "TWO_FACTOR_DISABLED": (N_("The second factor is off."), "success"),
    "WEBAUTHN_EXPIRED": (N_("That took too long. Please start again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Give the passkey a name, such as “My phone”."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("You have a passkey of this name already."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("You have no passkey of this name."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (N_("A name has letters, figures, blanks and dashes."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (N_("The passkey “%(name)s” opens nothing any more."), "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("The passkey “%(name)s” is ready. Come in with it next time."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("This passkey is registered already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (N_("We do not know this passkey. Come in by a link and set it up."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (N_("We do not know this passkey. Come in by a link and set it up."), "error"),
    "WEBAUTHN_NO_VERIFY": (N_("The passkey was not accepted. Please try again."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (N_("The passkey was not accepted. Please try again."), "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (N_("The passkey was not accepted. Please try again."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("That took too long. Please start again."), "error"),
}
SUBJECTS = {
    "EMAIL_SUBJECT_PASSWORD_RESET": N_("Your link to set a password in FastOffice"),
    "EMAIL_SUBJECT_PASSWORD_NOTICE": N_("Your FastOffice password was set"),
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": N_("Your FastOffice password was changed"),
}


def as_config() -> dict[str, object]:
    """The texts as settings of Flask-Security."""
    return {
        **{f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()},
        **{f"SECURITY_{name}": text for name, text in SUBJECTS.items()},
    }
