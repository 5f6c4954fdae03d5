"""The programs that run on other people's machines: one command, `./mingtang`. Uses pure packages only, no database."""
