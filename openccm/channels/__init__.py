"""The ways out of the building: one adapter a provider, all behind one Protocol."""
