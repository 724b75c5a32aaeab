import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthcare.settings")
application = get_wsgi_application()

from healthcare.db.guards import require_guards  # noqa: E402

require_guards()
