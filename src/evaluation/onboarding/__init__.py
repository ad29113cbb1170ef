"""From files that nobody has described to a study that runs: recognising, mapping columns, writing the study file."""
