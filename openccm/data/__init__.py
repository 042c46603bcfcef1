"""Finding the data a communication needs: payload, data services, and the snapshot of both."""
