"""Evaluation of cooperation agreements against their baselines."""
