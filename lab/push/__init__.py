"""A push service by the wire form of FCM HTTP v1, and the phones it reaches."""
