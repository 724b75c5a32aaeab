"""What was sent, shown while developing. healthcare/urls.py adds it under DEBUG."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from healthcare.outbox import mailbox

PER_PAGE = 25
# Mail has its styles inline, so it is shown apart from our own pages and their policy.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def mail_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(mailbox.files(), PER_PAGE).get_page(request.GET.get("page"))
    mails = [mail for path in page for mail in mailbox.mails_in(path)]
    rows = [
        {
            "uid": mail.uid,
            "subject": mail.header("Subject"),
            "about": f"{mail.header('To')} · {mail.header('Date')}",
        }
        for mail in mails
    ]
    return render(request, "outbox/list.html", {"page": page, "rows": rows})


def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    mail = _mail(uid)
    names = ("Subject", "To", "From", "Date", "Message-ID")
    context = {
        "subject": mail.header("Subject"),
        "rows": [(name, mail.header(name)) for name in names],
        "text": mail.text,
        "has_html": bool(mail.html),
        "names": [part.get_filename() for part in mail.attachments()],
        "uid": uid,
    }
    return render(request, "outbox/detail.html", context)


def html(request: HttpRequest, uid: UUID) -> HttpResponse:
    response = HttpResponse(_mail(uid).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def attachment(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    part = _mail(uid).attachment(name)
    if part is None:
        raise Http404
    content = part.get_payload(decode=True)
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _mail(uid: UUID) -> mailbox.Mail:
    mail = mailbox.find(uid)
    if mail is None:
        raise Http404
    return mail
