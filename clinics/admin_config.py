from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin, with our site in the place of its own."""

    default_site = "clinics.admin_site.StaffSite"
