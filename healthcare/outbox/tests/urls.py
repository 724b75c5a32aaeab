"""The site as it is under DEBUG, with the mail pages."""

from django.urls import include, path

from healthcare.urls import mail_urls
from healthcare.urls import urlpatterns as site

urlpatterns = [path("_mail/", include((mail_urls, "mail"))), *site]
