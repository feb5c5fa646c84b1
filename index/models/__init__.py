"""Encoders: texts become unit vectors. The libraries that run models are imported here and nowhere else."""
