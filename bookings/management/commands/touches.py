"""``touches JOURNEY…``: does a journey run over a section of an operator?"""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from bookings.commands import ContractCommand, Report
from bookings.journeys import JourneyUnresolved, Network
from bookings.network import current_network


class Command(ContractCommand):
    """Answer for any journeys whether they touch an operator.

    A journey that the network has no answer for is an answer, too: its reason code stands in
    ``error``, it touches nothing, and no leg is listed, for none of them can be trusted alone.
    """

    help = "Say of each journey whether it runs over a section of an operator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the journeys and the operator."""
        super().add_arguments(parser)
        parser.add_argument("journeys", type=utf8, nargs="+", metavar="JOURNEY")
        parser.add_argument("--operator", type=utf8, default="JR West")

    def run(self, **options: Any) -> Report:
        """Judge the journeys in the order given."""
        operator: str = options["operator"]
        network = current_network()
        if operator not in network.all_operators():
            self.print_progress(f"The network has no section of {operator}.")
        answers = [answer(network, journey, operator) for journey in options["journeys"]]
        return Report({"journeys": answers}, "\n".join(map(in_words, answers)))


def answer(network: Network, journey: str, operator: str) -> dict[str, Any]:
    """Judge one journey as the contract's JSON has it."""
    try:
        legs = network.legs(journey)
    except JourneyUnresolved as fault:
        return {"journey": journey, "touches": False, "error": fault.code, "legs": []}
    touched = [{"leg": leg, "touches": operator in operators} for leg, operators in legs]
    touches = any(leg["touches"] for leg in touched)
    return {"journey": journey, "touches": touches, "error": None, "legs": touched}


def in_words(answer: dict[str, Any]) -> str:
    """Put one answer on one line."""
    verdict = answer["error"] or ("touches" if answer["touches"] else "does not touch")
    return f"{answer['journey']}: {verdict}"


def utf8(argument: str) -> str:
    """Return an argument of the command line, which may be any bytes, if it is text.

    Raises:
        ArgumentTypeError: it is not.
    """
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise ArgumentTypeError("not UTF-8") from error
    return argument
