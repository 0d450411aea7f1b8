"""Rounds of the public chain that must verify, and inputs that must not, with their faults."""

from lottery.beacon import Round

ACCEPTED = {
    "the first": Round(
        1,
        "b55e7cb2d5c613ee0b2e28d6750aabbb78c39dcc96bd9d38c2c2e12198df9557"
        "1de8e8e402a0cc48871c7089a2b3af4b",
        "1466a6cd24e327188770752f6134001c64d6efcc590ccc26b721611ad96f165a",
    ),
    "the second": Round(
        2,
        "b6b6a585449b66eb12e875b64fcbab3799861a00e4dbf092d99e969a5eac57dd"
        "3f798acf61e705fe4f093db926626807",
        "5782d6987841c654515a0e72b2d1ebb4e741234042c37cb19608ae50d93fb60c",
    ),
    "one of 2023": Round(
        1000,
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
        "e342b73a8dd2bacbe47e4b6b63ed5e39",
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    ),
    "one of 2026": Round(
        31089008,
        "87b3b9c9f99cc1e7fc326e249538f33b84a1c4ef8bd85920a267af642b570bcd"
        "62bf70900a3862f742e574164b5f17f3",
        "ce7b0bc26c2f2f969bb4fa4ceb074fd13baed8557659ac0ea1af0b589c68d8bf",
    ),
}
REAL = ACCEPTED["one of 2023"]
# The point of order 3 added to it: the pairing holds for this one too.
MOVED = (
    "abbaa2cd356c8b543308abe2c07d92facb092294f841b0c295786b635167aba1"
    "48d4e2e86fedf3cf2c04c43b68a5aaee"
)
# One more than the field's prime as coordinate: the bytes of x = 1 in another way.
BEYOND_THE_FIELD = (
    "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
    "1eabfffeb153ffffb9feffffffffaaac"
)
# Signature offered for the round named, and the fault that it must be refused for.
REFUSED = {
    "another round's": (1001, REAL.signature, "signature"),
    "twice after one another": (1000, REAL.signature * 2, "signature_form"),
    "cut short": (1000, REAL.signature[:-2], "signature_form"),
    "half a byte less": (1000, REAL.signature[:-1], "signature_form"),
    "empty": (1000, "", "signature_form"),
    "upper case": (1000, REAL.signature.upper(), "signature_form"),
    "one letter in upper case": (1000, REAL.signature[:-2] + "E9", "signature_form"),
    "a line end behind it": (1000, REAL.signature + "\n", "signature_form"),
    "white space within": (
        1000,
        REAL.signature[:48] + "  " + REAL.signature[50:],
        "signature_form",
    ),
    "full-width digits": (1000, REAL.signature[:-1] + "９", "signature_form"),
    "not hex": (1000, "g" + REAL.signature[1:], "signature_form"),
    "the point at infinity": (1000, "c0" + 47 * "00", "infinity"),
    "infinity with a sign": (1000, "e0" + 47 * "00", "not_canonical"),
    "infinity with a coordinate": (1000, "c0" + 46 * "00" + "01", "not_canonical"),
    "without the mark of compression": (1000, "3" + REAL.signature[1:], "not_canonical"),
    "the other square root": (1000, "9" + REAL.signature[1:], "signature"),
    "x = p + 1": (
        1000,
        BEYOND_THE_FIELD,
        "not_canonical",
    ),
    "a point of order 3": (1000, "80" + 47 * "00", "outside_subgroup"),
    "its negative": (1000, "a0" + 47 * "00", "outside_subgroup"),
    "the real one plus a point of order 3": (
        1000,
        MOVED,
        "outside_subgroup",
    ),
    "no point of the curve": (1000, "80" + 46 * "00" + "01", "not_on_curve"),
}
