"""Passwords may not be made of the words that surround us here."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.models import User

MIN_NAME = 4  # characters; a shorter name is found in too many words
# Of the campaign, the railway and its products, as anybody would try them.
WORDS = (
    *("dodonto", "どどんと", "ドドント", "campaign", "キャンペーン", "jimukyoku", "事務局"),
    *("jrwest", "westjr", "jr西", "西日本", "nishinihon", "railway", "鉄道", "tetsudo"),
    *("wester", "e5489", "icoca", "tabiwa", "jwest", "exyoyaku", "smartex", "エクスプレス"),
    *("shinkansen", "新幹線", "postgres", "django"),
)


class ContextWordsValidator:
    """Refuse a password that contains a word of the context, or the user's own name."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Check a password.

        Raises:
            ValidationError: it contains such a word.
        """
        name = user.get_username() if user else ""
        names = [name] if len(name) >= MIN_NAME else []
        text = plain(password)
        if any(plain(word) in text for word in (*WORDS, *names)):
            raise ValidationError(
                _("The password contains a word that anybody would try here."),
                code="password_of_context",
            )

    def get_help_text(self) -> str:
        """Return what a person must know before choosing."""
        return _("No words of the campaign, the railway, its products, and not your user name.")


def plain(text: str) -> str:
    """Return a text as it compares: no case, no width, no spaces, hyphens and dots."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character not in " -_.")
