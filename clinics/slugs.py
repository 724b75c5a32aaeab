"""Address names of clinics: /clinics/riverside/, /c/riverside/."""

from django.utils.text import slugify

RESERVED = frozenset(
    {
        "account",
        "accounts",
        "admin",
        "api",
        "brand",
        "c",
        "clinic",
        "clinics",
        "create",
        "edit",
        "healix",
        "help",
        "home",
        "join",
        "list",
        "login",
        "logout",
        "me",
        "media",
        "new",
        "search",
        "settings",
        "signup",
        "static",
        "support",
        "www",
    }
)
PREFIX_LENGTH = 3


def is_reserved(slug: str) -> bool:
    return slug in RESERVED


def suggested(name: str) -> str:
    """'St. Mary's Hospital' gives st-marys-hospital; it may be empty."""
    return slugify(name)[:60].strip("-")


def prefix_of(slug: str) -> str:
    """What record numbers and codes begin with: 'riverside' gives RIV."""
    letters = "".join(sign for sign in slug.upper() if sign.isalnum())
    return letters[:PREFIX_LENGTH] or "HLX"
