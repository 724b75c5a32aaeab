from django.urls import path

from clinics.views import (
    departments,
    founding,
    invitations,
    joining,
    members,
    overview,
    patients,
    public,
    settings,
)

app_name = "clinics"

join_urls = [
    path("join/", joining.join, name="join"),
    path("join/admin/", joining.join_admin, name="join_admin"),
    path("join/doctor/", joining.join_doctor, name="join_doctor"),
    path("join/<str:token>/", joining.join_with, name="join_with"),
]
public_urls = [
    path("clinics/", public.clinics, name="list"),
    path("clinics/new/", founding.signup, name="signup"),
    path("clinics/<slug:slug>/", public.page, name="page"),
    path("clinics/<slug:slug>/brand.css", public.brand, name="brand"),
    path("clinics/<slug:slug>/logo/", public.logo, name="logo"),
]
overview_urls = [
    path("c/<slug:clinic>/", overview.overview, name="overview"),
    path("c/<slug:clinic>/open/", overview.open_clinic, name="open"),
    path("c/<slug:clinic>/close/", overview.close_clinic, name="close"),
]
settings_urls = [
    path("c/<slug:clinic>/settings/", settings.details, name="settings"),
    path("c/<slug:clinic>/settings/hours/", settings.hours, name="hours"),
    path("c/<slug:clinic>/settings/looks/", settings.looks, name="looks"),
]
department_urls = [
    path("c/<slug:clinic>/departments/", departments.departments, name="departments"),
    path(
        "c/<slug:clinic>/departments/new/",
        departments.new_department,
        name="new_department",
    ),
    path(
        "c/<slug:clinic>/departments/<uuid:uid>/",
        departments.department,
        name="department",
    ),
    path(
        "c/<slug:clinic>/departments/<uuid:uid>/close/",
        departments.close_department,
        name="close_department",
    ),
    path(
        "c/<slug:clinic>/departments/<uuid:uid>/reopen/",
        departments.reopen_department,
        name="reopen_department",
    ),
]
member_urls = [
    path("c/<slug:clinic>/members/", members.members, name="members"),
    path("c/<slug:clinic>/members/<uuid:uid>/", members.member, name="member"),
    path("c/<slug:clinic>/members/<uuid:uid>/end/", members.end, name="end_member"),
    path(
        "c/<slug:clinic>/members/<uuid:uid>/restore/",
        members.restore,
        name="restore_member",
    ),
]
invitation_urls = [
    path("c/<slug:clinic>/invitations/", invitations.invitations, name="invitations"),
    path("c/<slug:clinic>/invitations/new/", invitations.invite_one, name="invite"),
    path(
        "c/<slug:clinic>/invitations/<uuid:uid>/resend/",
        invitations.resend,
        name="resend",
    ),
    path(
        "c/<slug:clinic>/invitations/<uuid:uid>/revoke/",
        invitations.revoke,
        name="revoke",
    ),
]
patient_urls = [
    path("c/<slug:clinic>/patients/", patients.patients, name="patients"),
    path("c/<slug:clinic>/patients/<uuid:uid>/", patients.patient, name="patient"),
    path("c/<slug:clinic>/patients/<uuid:uid>/block/", patients.block, name="block"),
    path(
        "c/<slug:clinic>/patients/<uuid:uid>/unblock/", patients.unblock, name="unblock"
    ),
]
urlpatterns = [
    *join_urls,
    *public_urls,
    *overview_urls,
    *settings_urls,
    *department_urls,
    *member_urls,
    *invitation_urls,
    *patient_urls,
]
