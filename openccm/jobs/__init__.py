"""Jobs: work on everything that is due, run by run, item by item, seen by whoever operates."""
