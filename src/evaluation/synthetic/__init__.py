"""Exempelköping: synthetic raw files of a fictional municipality with known true effects and with real dirt."""

from evaluation.synthetic.log import WrittenLog, true_counts, write_one_log
from evaluation.synthetic.study import SEED, make_study, write_truth
from evaluation.synthetic.world import World, exempelkoping

__all__ = ["SEED", "World", "WrittenLog", "exempelkoping", "make_study", "true_counts", "write_one_log", "write_truth"]
