"""One real tender, played through the public interfaces by real separate processes, from draft to verified ranking.

Everything here is a user: it talks HTTP and runs `./mingtang`; it never reaches into the database.
"""
