"""A core system's end of OpenCCM's callbacks: takes webhooks and shows their order."""
