"""What can be done to accounts and to people."""

from accounts.actions.people import (
    create_doctor_profile,
    create_person,
    remove_photo,
    save_doctor_profile,
    save_profile,
    set_photo,
)
from accounts.actions.users import (
    AccountError,
    EmailTaken,
    StillNeeded,
    create_user_with_credentials,
    deactivate_account,
    deactivate_user,
    open_account,
    reactivate_user,
    save_password,
    send_set_password_link,
)

__all__ = [
    "AccountError",
    "EmailTaken",
    "StillNeeded",
    "create_doctor_profile",
    "create_person",
    "create_user_with_credentials",
    "deactivate_account",
    "deactivate_user",
    "open_account",
    "reactivate_user",
    "remove_photo",
    "save_doctor_profile",
    "save_password",
    "save_profile",
    "send_set_password_link",
    "set_photo",
]
