from clinics.admin import clinic, invitations, members, patients, users

__all__ = ["clinic", "invitations", "members", "patients", "users"]
