"""A Django site with nothing in it but django-oauth-toolkit's own URLs and views.

Ours are the settings and the fixture data; every answer is the package's.
Run as a program it creates the database; gunicorn imports `application`.
"""

import json
import os
import secrets
from pathlib import Path

import django
from django.conf import settings

here = Path(__file__).resolve().parent
fixtures = json.loads((here / "fixtures.json").read_text())

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": here / "db.sqlite3",
            # Concurrent requests wait for each other instead of failing.
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    OAUTH2_PROVIDER={
        "SCOPES": {scope: scope for scope in fixtures["scopes"]},
        "ACCESS_TOKEN_EXPIRE_SECONDS": fixtures["access_token_seconds"],
        # The flow under test, or without it; a later release is to be without it by default.
        "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": bool(os.environ.get("RETIRED")),
    },
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_urlsafe(48),
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
application = get_wsgi_application()


def create_database():
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oauth2_provider.models import get_application_model

    call_command("migrate", verbosity=0)
    for user in fixtures["users"]:
        get_user_model().objects.create_user(user["username"], password=user["password"])
    for client in fixtures["clients"]:
        get_application_model().objects.create(
            name=client["id"],
            client_id=client["id"],
            client_secret=client["secret"] or "",
            client_type="confidential" if client["secret"] else "public",
            # A client has one grant here, and may refresh besides.
            authorization_grant_type="authorization-code" if "grants" in client else "password",
            redirect_uris="https://app.invalid/",
        )


if __name__ == "__main__":
    create_database()
