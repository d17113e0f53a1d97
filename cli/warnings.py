"""``wangge warnings``: warnings as they stand, one of them whole or as CAP, and who was told."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.desk_record import DeskRecord
from cli.options import Brokers, Namespace, Run
from cli.warnings_acting import cancel, confirm, sign, withdraw
from messages.errors import RunError
from messages.model import Body
from messages.warning import Alert
from sinks.cap import cap_xml

app = typer.Typer(
    name="warnings",
    help="Warnings 预警: those that stand or wait, who was told; sign, withdraw, cancel, confirm.",
    no_args_is_help=True,
)
for command in (sign, withdraw, cancel, confirm):
    app.command()(command)
_STATES: Final = {"draft": "待签发", "in force": "生效", "over": "已过期", "cancelled": "已解除"}


@app.command("list")
def list_(
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    json: Annotated[bool, typer.Option("--json", help="NDJSON: the alerts.")] = False,
) -> None:
    """List warnings by their latest alert: those that wait for a signature or are in force."""
    record = DeskRecord.open("warnings", run, brokers, namespace)
    now = record.now()
    latest = {body["warning_id"]: body for body in record.warnings()}
    found = [b for b in latest.values() if every or _state(b, now) in ("draft", "in force")]
    if json:
        for body in found:
            typer.echo(orjson.dumps(body))
        return
    table = Table(title=f"Warnings 预警: {len(found)}", title_justify="left")
    for column in ("alert", "state 状态", "level 级别", "area 区域", "danger 事件", "until 至"):
        table.add_column(column, overflow="fold")
    for body in found:
        state = _state(body, now)
        area = ", ".join(f"{one['name']} {one['unit']}" for one in body["areas"])
        table.add_row(
            body["alert_id"],
            f"{state} {_STATES[state]}",
            f"{body['level']} {body.get('colour', '')}".rstrip(),
            area,
            f"{body['zh']['event']} {body['en']['event']}",
            body.get("expires", "")[:16].replace("T", " "),
        )
    Console(highlight=False).print(table)


@app.command()
def show(
    alert: Annotated[str, typer.Argument(help="An alert's id, or a warning's for its latest.")],
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    cap: Annotated[bool, typer.Option("--cap", help="CAP 1.2 XML.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The alert's body.")] = False,
) -> None:
    """Show one alert: what it says in both languages, whom it warns, who signed it."""
    record = DeskRecord.open("warnings", run, brokers, namespace)
    body = _one(record.warnings(), alert)
    if cap:
        sys.stdout.buffer.write(cap_xml(Alert.from_json(orjson.dumps(body))) + b"\n")
        return
    if json:
        typer.echo(orjson.dumps(body))
        return
    said = [
        f"{body['alert_id']}  {body['status']}  {body['msg_type']}",
        *(body[language]["headline"] for language in ("zh", "en")),
        *(body[language]["description"] for language in ("zh", "en")),
        *(body[language]["instruction"] for language in ("zh", "en")),
        f"level {body['level']}, {body['urgency']}, {body['severity']}, {body['certainty']}",
        f"signed by {body['signed_by']}" if body.get("signed_by") else "not signed 未签发",
    ]
    typer.echo("\n".join(line for line in said if line))


@app.command()
def told(
    alert: Annotated[str | None, typer.Argument(help="Only of this alert.")] = None,
    run: Run = None,
    brokers: Brokers = None,
    namespace: Namespace = None,
    grid: Annotated[str | None, typer.Option(help="Only the list of this grid's worker.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only drafts to confirm.")] = False,
    json: Annotated[bool, typer.Option("--json", help="NDJSON: the notices.")] = False,
) -> None:
    """List what was told of warnings: to staff, and to residents once a grid worker confirmed."""
    record = DeskRecord.open("warnings", run, brokers, namespace)
    latest = {body["notice_id"]: body for body in record.warning_notices()}
    found = [
        body
        for body in latest.values()
        if alert in (None, body["alert_id"])
        and grid in (None, body.get("grid"))
        and (not waiting or body["status"] == "draft")
    ]
    for body in found:
        if json:
            typer.echo(orjson.dumps(body))
        else:
            to = body.get("grid") or ", ".join(body["area"])
            typer.echo(f"{body['at'][:19]}Z  {body['status']:9}  {to}: {body['text']}")


def _one(bodies: Iterable[Body], name: str) -> Body:
    found = None
    for body in bodies:
        if name in (body["alert_id"], body["warning_id"]):
            found = body
    if found is None:
        raise RunError("no_such_warning", f"no alert {name}", mend="`wangge warnings list --all`")
    return found


def _state(body: Body, now: float) -> str:
    if body["msg_type"] == "Cancel":
        return "cancelled"
    expires = body.get("expires")
    if expires is not None and datetime.fromisoformat(expires).timestamp() <= now:
        return "over"
    return "in force" if body.get("signed_by") else "draft"
