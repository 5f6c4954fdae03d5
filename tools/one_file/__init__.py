"""`make client`: the bidder's command as one file for each kind of machine, the same bytes wherever it is built."""
