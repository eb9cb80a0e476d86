"""Django, configured in this process and made ready; imported for that, before its models are."""

from __future__ import annotations

import django
import pymysql
from django.conf import settings

# Django looks for the version of mysqlclient, which PyMySQL stands in for.
pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()

settings.configure(
    DATABASES={},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[__package__],
    LOGGING_CONFIG=None,
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()
