"""Every command that a page tells its reader to type is typed, on a Kafka that knows its users.

Left out: `make …`, which CI runs itself or which takes minutes; `git clone` and the activation of
the environment, in which this runs; and `docker …`, for there is no engine here.
"""

from __future__ import annotations

import csv
import os
import shutil
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson
import pytest
import shapely
from desk_town import GULOU, PEDLARS, post, report
from doc_pages import PAGES, blocks, relative
from kafka_server import MissingError
from reader_at_work import Reader, statements
from secured_kafka import ADMIN, SecuredKafka
from typer.testing import CliRunner
from waiting import until

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.main import app
from packs.load import load
from sinks.output import Output
from streams.boundaries.load import load_layers
from streams.cluster.topic_reader import read_all
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
NOT_TYPED = ("make ", "git ", ". .venv/", "docker ", "cp .env.example")
TYPED = {
    relative(page): found
    for page in PAGES
    if "decisions" not in page.parts
    and (
        found := [
            statement
            for block in blocks(page, "sh")
            for statement in statements(block.text)
            if not statement.startswith(NOT_TYPED)
        ]
    )
}
FLOODED, GRIDS = "下穿通道积水严重", ("320106001000024", "320106001000025")


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    try:
        with SecuredKafka.start(tmp_path_factory.mktemp("kafka")) as running:
            yield running
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def settings(kafka, tmp_path_factory):
    """Of a worker that is at work, with a warning drafted and cases to act on."""
    folder = tmp_path_factory.mktemp("worker")
    redis = EmbeddedRedis.start(log=folder / "redis.log")
    found = Settings.read(
        brokers=kafka.brokers,
        redis=redis.url,
        pack=DEFAULT_PACK,
        cache=cache_folder(),
        store=folder / "packs",
        slot="fixture",
        web_port=free_port(),
    )
    with kafka.known_as(ADMIN):
        for namespace in ("wangge", "drill.a"):
            words = ("topics", "apply", str(DEFAULT_PACK), "--brokers", kafka.brokers)
            made = CliRunner().invoke(app, [*words, "--namespace", namespace])
            assert made.exit_code == 0, made.output
        worker = WorkerProcess(found, folder / "worker.log")
        try:
            worker.wait_ready(60.0)
            flood(found)
            yield found
        finally:
            worker.terminate()
            redis.stop()


def flood(settings):
    """A case of a street's, and floods in Gulou, each 300 m from the others, until their warning is
    drafted."""
    lane, everyday = settings.topics.lane("reports"), report("r-1", PEDLARS, GULOU, time.time())
    post(settings, Output(lane, b"r-1", orjson.dumps(everyday)))
    for n in range(12):
        place = {"lon": 118.755 + n % 6 * 0.0035, "lat": 32.05 + n // 6 * 0.003, "datum": "wgs84"}
        body = report(f"flood-{n}", FLOODED, place, time.time() - 30)
        post(settings, Output(lane, b"flood", orjson.dumps(body)))
    until(lambda: any(read_all(settings.brokers, settings.topics.warnings)), within=60.0)


@pytest.fixture(scope="module")
def demo_run(tmp_path_factory):
    """What `make demo` leaves, of fewer events."""
    folder = tmp_path_factory.mktemp("demo") / "demo-run"
    words = ("up", "--events", "1500", "--rate", "0", "--run", str(folder), "--json")
    made = CliRunner().invoke(app, list(words))
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def reader(kafka, settings, demo_run, tmp_path):
    shutil.copytree(DEFAULT_PACK, tmp_path / "cities" / "nanjing")
    shutil.copytree(demo_run, tmp_path / "demo-run")
    with kafka.known_as(ADMIN):
        yield Reader(
            tmp_path,
            settings,
            {
                **kafka.variables(ADMIN),
                "WANGGE_BROKERS": settings.brokers,
                "WANGGE_REDIS": settings.redis,
                "WANGGE_CACHE": str(settings.cache),
                "WANGGE_STORE": str(settings.store),
                "WANGGE_WEB_PORT": str(free_port()),
            },
        )


@pytest.mark.parametrize("page", TYPED)
def test_what_a_page_says_to_type_works(page, reader):
    SUPPLIES.get(page, lambda _: None)(reader.folder)
    for statement in TYPED[page]:
        reader.types(statement)


def test_the_pages_have_something_to_type():
    assert sum(map(len, TYPED.values())) > 60


# The files that a reader has ----------------------------------------------------------------


def rows(file, *lines):
    with file.open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows(lines)


def layers(folder):
    """Districts and streets, as a city's surveyors give them."""
    found, _ = load_layers(load(DEFAULT_PACK), cache_folder())
    for level, name in (("district", "districts.geojson"), ("street", "streets.geojson")):
        (layer,) = (one for one in found if one.level == level)
        features = [
            {
                "type": "Feature",
                "properties": {"CODE": code, "NAME": said},
                "geometry": orjson.loads(shapely.to_geojson(shape)),
            }
            for code, said, shape in zip(layer.codes, layer.names, layer.geometries, strict=True)
        ]
        (folder / name).write_bytes(
            orjson.dumps({"type": "FeatureCollection", "features": features})
        )


def hotline(folder):
    """A new pack's source, and a ticket of a moment ago."""
    layers(folder)
    local = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    head = ("工单编号", "来电时间", "经度", "纬度", "标题", "内容", "地址", "诉求类别")
    ticket = (
        "t-1",
        f"{local:%Y-%m-%d %H:%M:%S}",
        "118.78",
        "32.06",
        "井盖",
        "路口井盖破损",
        "",
        "",
    )
    rows(folder / "hotline.csv", head, ticket)


def another_pack(folder):
    """A pack of the reader's own: the demonstration's, with one department less for drains."""
    mine = folder / "cities" / "mine"
    shutil.copytree(DEFAULT_PACK, mine)
    routing = mine / "routing.yaml"
    routing.write_text(routing.read_text("utf-8").replace("dept:drainage", "city"), "utf-8")


def texts(folder):
    another_pack(folder)
    labelled = (DEFAULT_PACK / "texts" / "labelled.csv").read_text("utf-8").splitlines()
    head = labelled[0].replace("text,", "content,")
    (folder / "tickets.csv").write_text("\n".join([head, *labelled[1:200]]), "utf-8")
    (folder / "labelled.csv").write_text("\n".join(labelled[:400]), "utf-8")
    words = (
        "classify",
        "train",
        str(folder / "labelled.csv"),
        "--out",
        str(folder / "classifier.npz"),
    )
    made = CliRunner().invoke(app, list(words))
    assert made.exit_code == 0, made.output


def addresses(folder):
    another_pack(folder)
    (folder / "addresses.txt").write_text("玄武区梅园新村街道兰园社区12号\n", "utf-8")


def registers(folder):
    head, people = ("id_number", "grid"), [f"32010119900101{n:04}" for n in range(20)]
    rows(folder / "police.csv", head, *((who, GRIDS[0]) for who in people))
    rows(folder / "housing.csv", head, *((who, GRIDS[n % 2]) for n, who in enumerate(people)))
    rows(folder / "roster.csv", ("grid", "worker"), *((grid, f"w-{grid}") for grid in GRIDS))
    rows(folder / "found.csv", ("task_id", "outcome", "by", "at"))


SUPPLIES = {
    "README.md": layers,
    "docs/addresses.md": addresses,
    "docs/city-pack.md": hotline,
    "docs/classification.md": texts,
    "docs/tasks.md": registers,
    "docs/trust-in-a-pack.md": another_pack,
}
