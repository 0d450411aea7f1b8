"""Ignore the encoding that a request claims; all our forms send UTF-8."""

import re

CHARSET = re.compile(r";\s*charset\*?\s*=[^;]*", re.IGNORECASE)


def drop_charset(content_type: str) -> str:
    """Return a Content-Type header without its charset.

    Django decodes the query (WSGI) and the form by it, before or outside of any error page: base64
    or idna as an encoding would end in a 500.
    """
    return CHARSET.sub("", content_type)
