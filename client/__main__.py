"""`python -m client` is `./mingtang`."""

from client.main import run

if __name__ == "__main__":
    run()
