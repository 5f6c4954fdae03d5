"""What `make run` and `make test` do first: install what is missing, say so, cost nothing otherwise.

Standard library only, since it runs before anything is installed. Start reading at __main__.py.
"""
