"""The command line. Heavy rooms are imported inside the commands, so that `--help` is quick."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from invekto.errors import InvektoError

app = typer.Typer(
    name="invekto",
    help="The AI layer of Invekto: grounded replies, suggested or sent as far as trust was earned.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
trust_app = typer.Typer(help="The trust curve.", no_args_is_help=True)
tenant_app = typer.Typer(help="Tenants.", no_args_is_help=True)
app.add_typer(trust_app, name="trust")
audit_app = typer.Typer(help="The audit log.", no_args_is_help=True)
app.add_typer(tenant_app, name="tenant")
app.add_typer(audit_app, name="audit")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Now = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        help="A fixed present moment, for evaluation; UTC where it names no zone.",
        formats=[
            "%Y-%m-%d",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M%z",
            "%Y-%m-%dT%H:%M:%S%z",
        ],
    ),
]


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the transcript.")] = False,
    now: Now = None,
) -> None:
    """Set up three demo businesses, show a live transcript, then serve the API and pages."""
    from invekto.demo.run import run_demo

    run_demo(once=once, now=now)


@app.command()
def serve(
    host: str | None = None,
    port: int | None = None,
    worker: Annotated[bool, typer.Option(help="Run jobs in this process too.")] = False,
) -> None:
    """Serve the API and the pages."""
    from invekto.server.process import run_server

    run_server(host=host, port=port, worker=worker)


@app.command()
def worker() -> None:
    """Run turns, deliveries and the other jobs until stopped; drains on SIGTERM."""
    from invekto.server.process import run_worker

    run_worker()


@app.command()
def mcp(host: str | None = None, port: int = 8011) -> None:
    """Serve the tools to other agents over MCP (streamable HTTP, an API key for each tenant)."""
    from invekto.server.mcp import run_mcp

    run_mcp(host, port)


@app.command()
def migrate() -> None:
    """Bring the database to this code's schema."""
    from invekto.db.opening import migrate_database

    for name in migrate_database():
        typer.echo(f"ran {name}")


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="A new file or a folder; keep it as data.")],
    keep: Annotated[int | None, typer.Option(min=1, help="Of a folder's, how many stay.")] = None,
) -> None:
    """Write the whole database to one file. Keep the secret key apart from it."""
    from invekto.cli.backup import run_backup

    run_backup(path, keep)


@app.command()
def restore(path: Path) -> None:
    """Put a backup into an empty database."""
    from invekto.cli.backup import run_restore

    run_restore(path)


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What the customer writes.")],
    tenant: Annotated[str, typer.Option("--tenant")],
    sender: Annotated[str, typer.Option("--from", help="The customer's phone.")] = "+905550000000",
    as_json: Json = False,
    now: Now = None,
) -> None:
    """Put one message through the whole graph and print the reply with its why."""
    from invekto.cli.ask import run_ask

    run_ask(tenant, sender, text, as_json=as_json, now=now)


@app.command()
def explain(
    turn: str,
    tenant: Annotated[str, typer.Option("--tenant")],
    rerun: Annotated[bool, typer.Option(help="Run it again from its stored inputs.")] = False,
    version: Annotated[
        str, typer.Option(help="With --rerun: present, or candidate (the newest drafts).")
    ] = "present",
    as_json: Json = False,
) -> None:
    """Show a past turn's whole why."""
    from invekto.cli.explain import run_explain

    run_explain(tenant, turn, rerun=rerun, version=version, as_json=as_json)


@app.command()
def replay(
    tenant: str,
    file: Annotated[Path, typer.Argument(help="Past messages: CSV, JSON or JSON Lines.")],
    version: Annotated[
        str, typer.Option(help="present, or candidate: with the newest drafts published.")
    ] = "present",
    json_out: Annotated[Path | None, typer.Option("--json", help="Write every exchange.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page.")] = None,
) -> None:
    """Past conversations through a version of the assistant; nothing is sent or written."""
    from invekto.cli.replay import run_replay

    run_replay(tenant, file, version=version, json_out=json_out, html=html)


@app.command("eval")
def evaluate(
    kind: Annotated[
        str,
        typer.Argument(
            help="intents, multi, pii, attacks, replies, retrieval, knowledge, reading,"
            " scenarios, personas, all, promote"
        ),
    ],
    files: Annotated[list[Path] | None, typer.Argument()] = None,
    train: Annotated[Path | None, typer.Option(help="Train the same code on this first.")] = None,
    oos: Annotated[str | None, typer.Option(help="The out-of-scope label of --train.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write metrics here.")] = None,
    predictions: Annotated[Path | None, typer.Option(help="Write one line per input.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page.")] = None,
    compare: Annotated[Path | None, typer.Option(help="A --json of an earlier run.")] = None,
    fast: Annotated[bool, typer.Option(help="The subset that CI runs.")] = False,
    tenant: Annotated[str | None, typer.Option(help="promote: whose corrections.")] = None,
    approve: Annotated[list[str] | None, typer.Option(help="promote: a line's id.")] = None,
    refuse: Annotated[list[str] | None, typer.Option(help="promote: a line's id.")] = None,
    by: Annotated[str | None, typer.Option(help="promote: who decides.")] = None,
    out: Annotated[Path | None, typer.Option(help="promote: the approved lines.")] = None,
) -> None:
    """Score evaluation files; exits non-zero only when it could not run."""
    if kind == "promote":
        from invekto.cli.promote import run_promote

        run_promote(tenant, approve=approve or [], refuse=refuse or [], by=by, out=out)
        return
    from invekto.evals.run import run_eval

    run_eval(
        kind, files or [], train=train, oos=oos, json_out=json_out, predictions=predictions,
        html=html, compare=compare, fast=fast,
    )  # fmt: skip


@app.command()
def bench(
    quick: Annotated[bool, typer.Option("--quick")] = False,
    only: Annotated[str | None, typer.Option(help="One benchmark by name.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json")] = None,
    chunks: Annotated[
        int | None, typer.Option(help="Chunks of all tenants, for knowledge (100,000).")
    ] = None,
    turns: Annotated[int | None, typer.Option(help="Turns, for endurance (50,000).")] = None,
) -> None:
    """Measure, with medians and spread, ratios within one run."""
    from invekto.evals.bench import run_bench

    run_bench(quick=quick, only=only, json_out=json_out, chunks=chunks, turns=turns)


@app.command("import")
def import_files(
    tenant: str,
    path: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    now: Now = None,
) -> None:
    """Take in a business's own files; running it twice changes nothing."""
    from invekto.intake.run import run_import

    run_import(tenant, path, dry_run=dry_run, now=now)


@trust_app.command("simulate")
def trust_simulate(
    intents: Annotated[int, typer.Option(help="Simulated cells per adversity.")] = 2000,
    seed: int = 1,
    json_out: Annotated[Path | None, typer.Option("--json")] = None,
) -> None:
    """Thousands of cells with known truth: who ever became automatic, and how soon."""
    import json

    from invekto.agent.trust.simulate import print_report, run

    report = run(intents, seed)
    print_report(report)
    if json_out is not None:
        json_out.write_text(json.dumps(report, indent=2, default=str), encoding="utf-8")


@tenant_app.command("create")
def tenant_create(
    name: str, sector: Annotated[str, typer.Option()], title: str | None = None
) -> None:
    """Create an empty tenant of a sector."""
    from invekto.intake.run import run_create

    run_create(name, sector, title)


@tenant_app.command("export")
def tenant_export(
    name: str,
    path: Path,
    move: Annotated[
        bool, typer.Option("--move", help="Switch it off here; take secrets and jobs along.")
    ] = False,
) -> None:
    """Write one tenant to a file: without any secret, or to move it to another database."""
    from invekto.cli.backup import run_export

    run_export(name, path, move=move)


@tenant_app.command("import")
def tenant_import(path: Path) -> None:
    """Take a tenant in that `tenant export` wrote."""
    from invekto.cli.backup import run_import

    run_import(path)


@tenant_app.command("resume")
def tenant_resume(name: str) -> None:
    """Call a move off: serve the tenant here again."""
    from invekto.cli.backup import run_resume

    run_resume(name)


@tenant_app.command("delete")
def tenant_delete(
    name: str,
    exported: Annotated[
        Path | None, typer.Option(help="Its --move: nothing newer is deleted.")
    ] = None,
    for_good: Annotated[bool, typer.Option("--for-good", help="Without a copy.")] = False,
) -> None:
    """Delete everything of a tenant, in every table."""
    from invekto.cli.backup import run_delete

    run_delete(name, exported, for_good=for_good)


@audit_app.command("verify")
def audit_verify(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Only this one.")] = None,
    as_json: Json = False,
) -> None:
    """Check that no event of the audit log was changed, taken out or put in."""
    from invekto.cli.audit import run_verify

    run_verify(tenant, as_json=as_json)


def main() -> None:
    """Run the command line; an error on purpose is one line on stderr and exit code 1."""
    try:
        app()
    except InvektoError as error:
        typer.echo(f"invekto: {error.message}", err=True)
        sys.exit(1)
