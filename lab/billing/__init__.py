"""The demo company's billing system, as OpenCCM's data services see it: one signed HTTP call."""
