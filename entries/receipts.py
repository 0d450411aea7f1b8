"""Make the receipt numbers of entries: twelve characters that are easy to read aloud."""

# Crockford's alphabet: no I, L, O and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP_LENGTH = 12, 4
SPACE = len(ALPHABET) ** LENGTH
# An odd factor makes the mapping one to one on a power of two; with the offset early numbers do not
# look like a count. Neither may ever change: members have their receipts.
FACTOR, OFFSET = 0x9E3779B97F4A7C1, 0x5851F42D4C957F2
INVERSE = pow(FACTOR, -1, SPACE)
MISREAD = str.maketrans("ILO", "110")


def receipt_number(entry_id: int) -> str:
    """Return the receipt number of an entry, as ``XXXX-XXXX-XXXX``.

    It depends only on the entry's key: it never changes, and no two are equal. It is not secret
    and gives no access.
    """
    number = (entry_id * FACTOR + OFFSET) % SPACE
    characters = []
    for _position in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    text = "".join(reversed(characters))
    return "-".join(text[at : at + GROUP_LENGTH] for at in range(0, LENGTH, GROUP_LENGTH))


def entry_of_receipt(text: str) -> int | None:
    """Return the key of the entry that would have this receipt number; None where it is none.

    Args: ``text``: letters and digits in any case, with or without hyphens; what people read for a
        digit (I and L, O) is taken for it.
    """
    characters = text.replace("-", "").upper().translate(MISREAD)
    if len(characters) != LENGTH or not set(characters) <= set(ALPHABET):
        return None
    number = 0
    for character in characters:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    return int((number - OFFSET) * INVERSE % SPACE)
