"""``touches JOURNEY…``: show whether a journey runs over a section of an operator."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from bookings.journeys import JourneyUnresolved, Network
from bookings.network import current_network
from core.commands import ContractCommand, Report


class Command(ContractCommand):
    """Show for each journey whether it touches an operator.

    A journey that the network cannot resolve is no failure: ``error`` has its reason code, it
    touches nothing, and no leg is listed.
    """

    help = "Show for each journey whether it runs over a section of an operator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the journeys and the operator."""
        super().add_arguments(parser)
        parser.add_argument("journeys", type=utf8, nargs="+", metavar="JOURNEY")
        parser.add_argument("--operator", type=utf8, default="JR West")

    def run(self, **options: Any) -> Report:
        """Check the journeys in the given order."""
        operator: str = options["operator"]
        network = current_network()
        if operator not in network.all_operators():
            self.print_progress(f"The network has no section of {operator}.")
        answers = [check_journey(network, journey, operator) for journey in options["journeys"]]
        return Report({"journeys": answers}, "\n".join(map(describe_answer, answers)))


def check_journey(network: Network, journey: str, operator: str) -> dict[str, Any]:
    """Return whether a journey touches an operator, as JSON of the contract."""
    try:
        legs = network.legs(journey)
    except JourneyUnresolved as error:
        return {"journey": journey, "touches": False, "error": error.code, "legs": []}
    touched = [{"leg": leg, "touches": operator in operators} for leg, operators in legs]
    touches = any(leg["touches"] for leg in touched)
    return {"journey": journey, "touches": touches, "error": None, "legs": touched}


def describe_answer(answer: dict[str, Any]) -> str:
    """Return one answer as a line of text."""
    verdict = answer["error"] or ("touches" if answer["touches"] else "does not touch")
    return f"{answer['journey']}: {verdict}"


def utf8(argument: str) -> str:
    """Return an argument of the command line that is UTF-8.

    Raises:
        ArgumentTypeError: it is not.
    """
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise ArgumentTypeError("not UTF-8") from error
    return argument
