"""`boocode serve`: the server itself."""

import sys
from pathlib import Path

import click

from boocode.cli.errors import CommandError
from boocode.settings import SettingsError, load_settings


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path), help="Where BooCode keeps everything. Default: BOOCODE_HOME."
)
@click.option("--host", help="Address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one. Default: 9502.")
@click.option("--database-url", help="A PostgreSQL to use instead of the embedded one.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line on stdout, the first one when ready."
)
def serve(
    home: Path | None, host: str | None, port: int | None, database_url: str | None, as_json: bool
) -> None:
    """Run the server until SIGTERM or Ctrl-C; the second one does not wait."""
    try:
        settings = load_settings(home=home, host=host, port=port, database_url=database_url, json=as_json)
    except SettingsError as error:
        raise CommandError(str(error)) from error
    from boocode.app import StartError, serve_forever  # imports everything: only this command needs it

    try:
        sys.exit(serve_forever(settings))
    except StartError as error:
        raise CommandError(str(error)) from error
