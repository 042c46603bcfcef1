"""The main job: from a request to named outcomes, each step explained."""
