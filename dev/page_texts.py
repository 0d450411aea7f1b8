"""Let Babel read the texts of a template."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def texts_of(
    page: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[Any, ...]]:
    """Yield a template's texts; Django turns it into calls that read like Python.

    The brackets keep the tokenizer from looking for indentation in what was a page.
    """
    code = f"({templatize(page.read().decode())}\n)"
    yield from extract_python(BytesIO(code.encode()), keywords, comment_tags, options)
