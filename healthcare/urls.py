"""The composition root: the one place below that knows every floor above."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from clinics.access import Permission, access
from clinics.faces import landing_cards
from clinics.views.overview import home
from healthcare import health, pages
from healthcare.audit import views as audit
from healthcare.jobs import views as jobs
from healthcare.outbox import inbox
from healthcare.outbox import views as mail
from healthcare.policy import public, signed_in

handler400 = "healthcare.pages.bad_request"
handler403 = "healthcare.pages.forbidden"
handler404 = "healthcare.pages.not_found"
handler429 = "healthcare.pages.too_many_requests"
handler500 = "healthcare.faults.server_error"

reads_log, reports_log = access(Permission.AUDIT_VIEW), access(Permission.AUDIT_REPORT)
audit_urls = [
    path("", reads_log(audit.log), name="log"),
    path("<uuid:uid>/", reads_log(audit.event), name="event"),
    path("chain/", reads_log(audit.chain_page), name="chain"),
    path("chain/verify/", reports_log(audit.verify), name="verify"),
    path("reports/", reports_log(audit.report_list), name="reports"),
    path("reports/new/", reports_log(audit.report_new), name="report_new"),
]
jobs_urls = [
    path("", signed_in(jobs.job_list), name="list"),
    path("<uuid:uid>/", signed_in(jobs.detail), name="detail"),
    path("<uuid:uid>/download/", signed_in(jobs.download), name="download"),
    path("<uuid:uid>/cancel/", signed_in(jobs.cancel), name="cancel"),
    path("<uuid:uid>/retry/", signed_in(jobs.retry), name="retry"),
]
inbox_urls = [
    path("", signed_in(inbox.notifications), name="list"),
    path("read/", signed_in(inbox.read_all), name="read_all"),
    path("<uuid:uid>/", signed_in(inbox.follow), name="follow"),
    path("<uuid:uid>/read/", signed_in(inbox.read), name="read"),
]
mail_urls = [
    path("", public(mail.mail_list), name="list"),
    path("<uuid:uid>/", public(mail.detail), name="detail"),
    path("<uuid:uid>/html/", public(mail.html), name="html"),
    path("<uuid:uid>/files/<str:name>", public(mail.attachment), name="attachment"),
]

urlpatterns = [
    path("", public(pages.landing), {"clinics": landing_cards}, name="landing"),
    path("theme/", public(pages.theme), name="theme"),
    path("more/", signed_in(pages.more), name="more"),
    path("healthz/", public(health.live), name="healthz"),
    path("readyz/", public(health.ready), name="readyz"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("jobs/", include((jobs_urls, "jobs"))),
    path("me/notifications/", include((inbox_urls, "notifications"))),
    path("c/<slug:clinic>/audit/", include((audit_urls, "audit"))),
    path("home/", home, name="home"),
    path("", include("clinics.urls")),
    path("", include("appointments.urls")),
    path("", include("records.urls")),
    path("", include("records.charting.urls")),
    path("", include("records.prescribing.urls")),
]

if settings.DEBUG:
    urlpatterns += [
        path("_parts/", public(pages.gallery), name="parts"),
        path("_mail/", include((mail_urls, "mail"))),
    ]
