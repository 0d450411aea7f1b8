"""What is wrong with terms, or worth a look: one finding each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One finding: its code, the field of the campaign file, a sentence, and its weight.

    Terms with a finding that ``refuses`` cannot be published; any other is a warning.
    """

    code: str
    field: str
    sentence: str
    refuses: bool = True

    @property
    def message(self) -> str:
        """The sentence with its field before it."""
        return f"{self.field}: {self.sentence}"


def refusing(findings: list[Finding]) -> list[Finding]:
    """Return the findings that refuse a publication."""
    return [finding for finding in findings if finding.refuses]
