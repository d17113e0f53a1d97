"""``wangge``: the command line. Exit codes: 0 ok, 1 a finding, 2 a usage or configuration error."""

from __future__ import annotations

import sys

import typer

from cli import (
    acl,
    act,
    check,
    city,
    classify,
    compare,
    diff,
    explain,
    geo,
    handover,
    heartbeat,
    incidents,
    ledger,
    locate,
    mode,
    pack,
    post,
    quarantine,
    replay,
    report,
    returns,
    schema,
    shards,
    state,
    tasks,
    topics,
    up,
    warnings,
    watch,
    worker,
)
from messages.errors import RunError, WanggeError

app = typer.Typer(
    name="wangge",
    help="Wangge 网格: takes in what citizens and sensors report, decides what, where and whose, "
    "and puts it in the right unit's queue.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(up.up)
app.command("worker")(worker.worker)
app.command("post")(post.post)
app.command("watch")(watch.watch)
app.command("replay")(replay.replay)
app.command("explain")(explain.explain)
app.command("locate")(locate.locate)
app.command("check")(check.check)
app.command("compare")(compare.compare)
app.command("diff")(diff.diff)
app.command("ledger")(ledger.ledger)
app.command("acl")(acl.acl)
app.command("act")(act.act)
app.command("handover")(handover.handover_)
app.command("heartbeat")(heartbeat.heartbeat)
app.command("report")(report.report)
app.command("returns")(returns.returns)
app.command("schema")(schema.schema)
app.add_typer(city.app, name="city")
app.add_typer(classify.app, name="classify")
app.add_typer(geo.app, name="geo")
app.add_typer(incidents.app, name="incidents")
app.add_typer(mode.app, name="mode")
app.add_typer(pack.app, name="pack")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(shards.app, name="shards")
app.add_typer(state.app, name="state")
app.add_typer(tasks.app, name="tasks")
app.add_typer(topics.app, name="topics")
app.add_typer(warnings.app, name="warnings")


def main() -> None:
    """Run the command line; an error of ours is one line on stderr, never a traceback."""
    try:
        app()
    except WanggeError as error:
        typer.echo(f"wangge: {error}", err=True)
        sys.exit(1 if isinstance(error, RunError) else 2)
    except OSError as error:
        typer.echo(f"wangge: {error}", err=True)
        sys.exit(2)
    except SystemExit as ending:
        # Click makes a broken pipe exit 1, a finding; but the reader has only seen enough.
        if isinstance(ending.__context__, BrokenPipeError):
            sys.exit(0)
        raise


if __name__ == "__main__":
    main()
