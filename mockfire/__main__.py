"""`python -m mockfire`: the command, where no script is on the path."""

from mockfire.cli import main

main(prog_name="mockfire")
