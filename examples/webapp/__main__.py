"""What does ``python -m examples.webapp`` run?"""

from __future__ import annotations

import click
import uvicorn


@click.command()
@click.option("--port", default=8000, show_default=True)
def main(port: int) -> None:
    """Serve the magazine on this machine; the environment's DATABASE_URL names another database."""
    click.echo(f"The magazine is at http://127.0.0.1:{port}/, and ends with Ctrl+C.")
    uvicorn.run("examples.webapp.app:app", port=port, log_level="warning")


if __name__ == "__main__":
    main()
