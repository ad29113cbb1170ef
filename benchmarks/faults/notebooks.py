"""Faults of the notebook itself: it dies, fails, hangs, takes too much, leaves processes, or is not allowed."""

from __future__ import annotations

from benchmarks.faults.house import SAVE
from benchmarks.faults.scenario import IN, QUICK, notebook_fault
from evaluation.runs.states import State

# The notebook's process dies or leaves.
notebook_fault("kernel_kills_itself", IN, "os.kill(os.getpid(), 9)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_terminated", IN, "os.kill(os.getpid(), 15); time.sleep(9)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_leaves_with_0", IN, "os._exit(0)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_leaves_with_1", IN, "os._exit(1)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_aborts", IN, "os.abort()", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_segfaults", IN, "ctypes.string_at(0)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_dies_after_saving", IN, SAVE, "os.kill(os.getpid(), 9)", expected=State.KERNEL_DIED)
notebook_fault("job_process_killed", IN, "os.kill(os.getppid(), 9); time.sleep(9)", SAVE, expected=State.KERNEL_DIED)
notebook_fault("kernel_closes_its_pipes", "import os", "os.closerange(3, 512); 1", SAVE, expected=State.KERNEL_DIED)
notebook_fault(
    "writes_into_the_engines_pipe",
    IN,
    """
    for number in range(3, 64):
        try: os.write(number, b'{"no": "message"}' + bytes([10]))
        except OSError: pass
    """,
    SAVE,
    expected=State.KERNEL_DIED,
)
notebook_fault("closes_its_output", IN, "os.close(1); os.close(2); time.sleep(0.2)", SAVE, expected=State.PUBLISHED)
notebook_fault("exit_0", "import sys; sys.exit(0)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("exit_3", "import sys; sys.exit(3)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("exit_after_saving", SAVE, "raise SystemExit", "1", expected=State.NOTEBOOK_ERROR)

# The notebook fails, or only seems to succeed.
notebook_fault("error_in_the_middle", "1 / 0", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("error_after_saving", SAVE, "1 / 0", expected=State.NOTEBOOK_ERROR)
notebook_fault("syntax_error", "def", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("nothing_saved", "1 + 1", expected=State.NOTEBOOK_ERROR)
notebook_fault("results_cut_off", SAVE, "(run_dir / 'results.json').write_text('{')", expected=State.NOTEBOOK_ERROR)
notebook_fault("results_empty", SAVE, "(run_dir / 'results.json').write_text('')", expected=State.NOTEBOOK_ERROR)
notebook_fault("results_removed", SAVE, "(run_dir / 'results.json').unlink()", expected=State.NOTEBOOK_ERROR)
notebook_fault("run_folder_removed", SAVE, "import shutil; shutil.rmtree(run_dir)", expected=State.NOTEBOOK_ERROR)
notebook_fault(
    "staging_folder_removed", SAVE, "import shutil; shutil.rmtree(run_dir.parent)", expected=State.NOTEBOOK_ERROR
)
notebook_fault(
    "bad_input_found_by_the_library",
    "from evaluation.errors import InputError",
    "raise InputError('a.csv', found='text', expected='numbers', todo='mend it')",
    SAVE,
    expected=State.INPUT_ERROR,
)
notebook_fault(
    "gate_error_in_the_notebook",
    "from evaluation.errors import GateError",
    "raise GateError('table', found='2', expected='3', todo='protect it')",
    expected=State.GATE,
)

# It does not end.
notebook_fault("endless_loop", "while True: pass", SAVE, limits=QUICK, expected=State.CELL_DEADLINE)
notebook_fault("endless_sleep", "import time; time.sleep(999)", SAVE, limits=QUICK, expected=State.CELL_DEADLINE)
notebook_fault(
    "swallows_interrupts",
    """
    import time
    while True:
        try:
            time.sleep(999)
        except BaseException:
            pass
    """,
    SAVE,
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)
notebook_fault(
    "ignores_every_signal",
    IN,
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM): signal.signal(number, signal.SIG_IGN)
    time.sleep(999)
    """,
    SAVE,
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)
notebook_fault(
    "stops_itself", IN, "os.kill(os.getpid(), signal.SIGSTOP)", SAVE, limits=QUICK, expected=State.CELL_DEADLINE
)
notebook_fault(
    "many_slow_cells",
    *("import time; time.sleep(0.3)",) * 5,
    SAVE,
    limits={"cell_deadline": 20, "run_deadline": 0.7},
    expected=State.RUN_DEADLINE,
)
notebook_fault(
    "renderer_hangs",
    SAVE,
    limits={"run_deadline": 0.7},
    wiring={"render": "runs_stubs:hang"},
    expected=State.RUN_DEADLINE,
)
notebook_fault(
    "job_process_stopped",
    IN,
    "os.kill(os.getppid(), signal.SIGSTOP); time.sleep(999)",
    SAVE,
    limits={"run_deadline": 0.7},
    expected=State.RUN_DEADLINE,
)
notebook_fault("hangs_at_exit", IN, "_ = atexit.register(time.sleep, 999)", SAVE, expected=State.PUBLISHED)
notebook_fault(
    "thread_never_ends", IN, "threading.Thread(target=time.sleep, args=(999,)).start()", SAVE, expected=State.PUBLISHED
)

# It takes too much.
notebook_fault("prints_too_much", "print('x' * 3_000_000)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("prints_for_ever", "while True: print('x' * 1000)", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault("program_prints_for_ever", "import os; os.system('yes')", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault(
    "displays_too_much", *("display({'text/plain': 'x' * 900_000}, raw=True)",) * 3, SAVE, expected=State.NOTEBOOK_ERROR
)
notebook_fault(
    "takes_all_memory",
    "hoard = []\nwhile True: hoard.append(bytearray(b'x' * 40_000_000))",
    SAVE,
    limits={"memory": 450 * 1024 * 1024},
    expected=State.MEMORY_LIMIT,
)
notebook_fault("memory_error", "raise MemoryError", SAVE, expected=State.MEMORY_LIMIT)
notebook_fault("disk_full_in_notebook", "raise OSError(28, 'No space left on device')", SAVE, expected=State.DISK_FULL)

# It leaves processes behind.
notebook_fault("leaves_a_child", IN, "subprocess.Popen(['sleep', '999'])", "1 / 0", SAVE, expected=State.NOTEBOOK_ERROR)
notebook_fault(
    "leaves_a_child_and_succeeds", IN, "_ = subprocess.Popen(['sleep', '999'])", SAVE, expected=State.PUBLISHED
)
notebook_fault(
    "leaves_a_daemon",
    IN,
    "_ = subprocess.Popen(['sh', '-c', 'setsid sleep 999 & setsid sh -c \"sleep 999\" &'])",
    "os.kill(os.getpid(), 9)",
    SAVE,
    expected=State.KERNEL_DIED,
)
notebook_fault(
    "leaves_many_forks",
    IN,
    "for _ in range(10):\n    if os.fork() == 0: os.setsid(); signal.pause()",
    "while True: pass",
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)
notebook_fault(
    "children_ignore_signals",
    IN,
    "subprocess.Popen(['sh', '-c', \"trap '' TERM INT HUP; sleep 999; sleep 999\"])",
    "time.sleep(999)",
    limits=QUICK,
    expected=State.CELL_DEADLINE,
)

# The notebook itself is not what it should be.
notebook_fault("no_parameters_cell", SAVE, parameters=None, expected=State.INPUT_ERROR)
notebook_fault("two_parameters_cells", "x = 1", SAVE, tags={0: ["parameters"]}, expected=State.INPUT_ERROR)
notebook_fault("hides_errors", "1 / 0", SAVE, tags={0: ["raises-exception"]}, expected=State.INPUT_ERROR)
notebook_fault("skips_cells", "1 / 0", SAVE, tags={0: ["skip-execution"]}, expected=State.INPUT_ERROR)
notebook_fault("code_in_parameters_cell", SAVE, parameters="import os\nstudy = 's'", expected=State.INPUT_ERROR)
notebook_fault("unknown_parameter", SAVE, given={"nummer": 3}, expected=State.INPUT_ERROR)
notebook_fault("mistyped_parameter", SAVE, given={"number": "0114x"}, expected=State.INPUT_ERROR)
notebook_fault("code_as_parameter_name", SAVE, given={"number = 1; import os #": 3}, expected=State.INPUT_ERROR)

# The report is refused or cannot be made.
notebook_fault("gate_refuses", SAVE, wiring={"gates": ("runs_stubs:refuse",)}, expected=State.GATE)
notebook_fault("gate_does_not_exist", SAVE, wiring={"gates": ("runs_stubs:no",)}, expected=State.INPUT_ERROR)
notebook_fault("renderer_breaks", SAVE, wiring={"render": "runs_stubs:break_down"}, expected=State.NOTEBOOK_ERROR)
notebook_fault("renderer_dies", SAVE, wiring={"render": "runs_stubs:die"}, expected=State.KERNEL_DIED)
notebook_fault("renderer_fills_disk", SAVE, wiring={"render": "runs_stubs:run_out_of_disk"}, expected=State.DISK_FULL)
