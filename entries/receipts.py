"""Receipt numbers of entries: twelve signs that are easy to read aloud, one for each entry."""

# Crockford's alphabet: no I, L, O and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS, GROUP = 12, 4
SPACE = len(ALPHABET) ** SIGNS
# An odd factor makes the mapping one to one on a power of two; the offset keeps early numbers from
# looking like a count. Neither may ever change: members keep their receipts.
FACTOR, OFFSET = 0x9E3779B97F4A7C1, 0x5851F42D4C957F2


def receipt_number(entry_id: int) -> str:
    """Return the receipt number of an entry, as ``XXXX-XXXX-XXXX``.

    It follows from the entry's key alone, so it stays the same for ever and no two are equal. It
    is no secret and opens nothing.
    """
    number = (entry_id * FACTOR + OFFSET) % SPACE
    signs = []
    for _position in range(SIGNS):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    text = "".join(reversed(signs))
    return "-".join(text[start : start + GROUP] for start in range(0, SIGNS, GROUP))
