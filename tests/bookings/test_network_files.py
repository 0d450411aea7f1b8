"""Reading the network table: what it accepts, and the one sentence that it refuses with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bookings.journeys import NetworkRow
from bookings.network_files import NetworkFileUnusable, read_network
from tests.bookings.network_table import FOLDER, TABLE
from tests.factories.network import ALPHA, BETA, HEADER, write_network


def test_read_network_reads_the_projects_own_table() -> None:
    rows = {
        NetworkRow(
            service,
            int(row["seq"]),
            row["station_ja"],
            row["operator_to_next"] or None,
            row["kind"],
        )
        for service, listed in TABLE.items()
        for row in listed
    }

    assert set(read_network(FOLDER)) == rows
    assert len(rows) == 498 + 909


def test_read_network_yields_services_in_their_order(tmp_path: Path) -> None:
    folder = write_network(tmp_path, [ALPHA[2], ALPHA[0], ALPHA[1]], BETA)

    assert read_network(folder) == [  # files by name
        NetworkRow("beta", 1, "a", "Z", "stop"),
        NetworkRow("beta", 2, "p", "Z", "pass"),
        NetworkRow("beta", 3, "d", None, "stop"),
        NetworkRow("alpha", 1, "a", "X", "stop"),
        NetworkRow("alpha", 2, "b", "Y", "stop"),
        NetworkRow("alpha", 3, "c", None, "stop"),
    ]


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda text: "\ufeff" + text, id="a BOM"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: text.rstrip("\n"), id="no line end at the end"),
        pytest.param(lambda text: text.replace("alpha,", '"alpha",'), id="quotes"),
    ],
)
def test_read_network_reads_the_same_from(rewrite: Callable[[str], str], tmp_path: Path) -> None:
    expected = read_network(write_network(tmp_path))
    file = tmp_path / "shinkansen.csv"
    file.write_text(rewrite(file.read_text()), newline="")

    assert read_network(tmp_path) == expected


def test_read_network_reads_columns_by_their_names(tmp_path: Path) -> None:
    folder = write_network(
        tmp_path,
        ["stop,,X,a,1,alpha", "stop,,,b,2,alpha"],
        [],
        header="kind,stop_checked,operator_to_next,station_ja,seq,service_or_line",
    )

    assert read_network(folder) == [
        NetworkRow("alpha", 1, "a", "X", "stop"),
        NetworkRow("alpha", 2, "b", None, "stop"),
    ]


def test_read_network_joins_a_service_out_of_two_files(tmp_path: Path) -> None:
    folder = write_network(tmp_path, ALPHA[:1], ALPHA[1:])

    assert [row.seq for row in read_network(folder)] == [1, 2, 3]


def test_read_network_reads_further_files_of_the_folder(tmp_path: Path) -> None:
    folder = write_network(tmp_path, ALPHA, [])
    (folder / "ferries.csv").write_text("\n".join([HEADER, *BETA]))
    (folder / "README.md").write_text("no table")

    assert {row.service for row in read_network(folder)} == {"alpha", "beta"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        pytest.param(["alpha,1,a,A,X,stop,"], "line 2: 7 fields under 6 columns.", id="too many"),
        pytest.param([""], "line 2: 0 fields under 6 columns.", id="a blank line"),
        pytest.param([",1,a,A,X,stop"], "line 2: service_or_line is empty.", id="no service"),
        pytest.param(["alpha,1,,A,X,stop"], "line 2: station_ja is empty.", id="no station"),
        *[
            pytest.param(
                [f"al{sign}pha,1,a,A,X,stop"],
                "line 2: service_or_line contains : > or |, which separate the parts of a journey.",
                id=f"{sign} in a service",
            )
            for sign in ":>|"
        ],
        *[
            pytest.param(
                [ALPHA[0], f"alpha,2,{sign},A,,stop"],
                "line 3: station_ja contains : > or |, which separate the parts of a journey.",
                id=f"{sign} in a station",
            )
            for sign in ":>|"
        ],
        pytest.param(
            ["alpha,1,a\0,A,X,stop"], "line 2: station_ja contains a control character.", id="NUL"
        ),
        pytest.param(
            ['alpha,1,"a\n",A,X,stop'],
            "line 3: station_ja contains a control character.",
            id="a line end in a name",
        ),
        pytest.param(
            [f"alpha,1,{'a' * 101},A,X,stop"],
            "line 2: station_ja is longer than 100 characters.",
            id="a name too long",
        ),
        *[
            pytest.param(
                [f"alpha,{seq},a,A,X,stop"],
                "line 2: seq is not a whole number from 1 to 9999.",
                id=f"seq {seq!r}",
            )
            for seq in ("", "0", "01", "-1", "+1", "1.0", "１", " 1", "10000")
        ],
        *[
            pytest.param(
                [f"alpha,1,a,A,X,{kind}"],
                "line 2: kind is neither stop nor pass.",
                id=f"kind {kind!r}",
            )
            for kind in ("", "Stop", "stop ", "halt")
        ],
        pytest.param([ALPHA[0], ALPHA[2]], "line 3: seq is 3 where alpha needs 2.", id="a gap"),
        pytest.param(ALPHA[1:], "line 2: seq is 2 where alpha needs 1.", id="from 2"),
        pytest.param([*ALPHA, ALPHA[1]], "line 5: seq 2 appears twice in alpha.", id="seq twice"),
        pytest.param(
            [ALPHA[0], "alpha,2,a,A,,stop"],
            "line 3: station_ja a appears twice in alpha.",
            id="a station twice",
        ),
        pytest.param(
            [ALPHA[0], "alpha,2,a,A,Y,pass", "alpha,3,c,C,,stop"],
            "line 3: station_ja a appears twice in alpha.",
            id="a station twice, once passed",
        ),
        pytest.param(
            ALPHA[:2],
            "line 3: operator_to_next must be empty on the last row of alpha.",
            id="an operator on the last row",
        ),
        pytest.param(
            [ALPHA[0], "alpha,2,b,B,,stop", ALPHA[2]],
            "line 3: operator_to_next is empty before the last row of alpha.",
            id="no operator before the last row",
        ),
        pytest.param(['alpha,1,"a"b,A,X,stop'], "line 2: not CSV: ", id="characters after a quote"),
        pytest.param(['alpha,1,"a,A,X,stop'], "line 2: not CSV: ", id="a quote left open"),
    ],
)
def test_read_network_refuses(rows: list[str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(NetworkFileUnusable) as refusal:
        read_network(write_network(tmp_path, rows))

    assert str(refusal.value).startswith(f"shinkansen.csv, {sentence}")


@pytest.mark.parametrize("column", ["service_or_line", "seq", "station_ja", "kind"])
@pytest.mark.parametrize("instead", ["", "seq,kind,station_ja,service_or_line"])
def test_read_network_refuses_a_column_missing_or_doubled(
    column: str, instead: str, tmp_path: Path
) -> None:
    folder = write_network(tmp_path, [], header=HEADER.replace(column, instead, 1))

    with pytest.raises(NetworkFileUnusable, match=r"line 1: the column .* must appear"):
        read_network(folder)


def test_read_network_names_the_missing_column(tmp_path: Path) -> None:
    folder = write_network(tmp_path, header=HEADER.replace("operator_to_next", "operator"))

    with pytest.raises(NetworkFileUnusable) as refusal:
        read_network(folder)

    assert str(refusal.value) == (
        "limited_express.csv, line 1: the column operator_to_next must appear here exactly once."
    )


def test_read_network_refuses_other_encodings(tmp_path: Path) -> None:
    folder = write_network(tmp_path)
    file = folder / "limited_express.csv"
    file.write_bytes(file.read_bytes() + "beta,4,金沢,E,,stop\n".encode("cp932"))

    with pytest.raises(NetworkFileUnusable, match=r"^limited_express.csv, line 5: not UTF-8\.$"):
        read_network(folder)


@pytest.mark.parametrize("name", ["shinkansen.csv", "limited_express.csv"])
def test_read_network_refuses_a_folder_without(name: str, tmp_path: Path) -> None:
    folder = write_network(tmp_path)
    (folder / name).unlink()

    with pytest.raises(NetworkFileUnusable, match=f" has no {name}"):
        read_network(folder)


def test_read_network_refuses_what_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileUnusable, match="is not a folder"):
        read_network(tmp_path / "nowhere")


def test_read_network_refuses_an_empty_file(tmp_path: Path) -> None:
    folder = write_network(tmp_path)
    (folder / "shinkansen.csv").write_bytes(b"")

    with pytest.raises(NetworkFileUnusable, match="line 1: the column service_or_line"):
        read_network(folder)


def test_read_network_refuses_a_network_without_services(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileUnusable, match="contains no service"):
        read_network(write_network(tmp_path, [], []))


def test_read_network_accepts_one_file_without_rows(tmp_path: Path) -> None:
    assert len(read_network(write_network(tmp_path, ALPHA, []))) == 3
