"""The notebooks that are executed: the same analysis as most people write it and as this project's pages are written.

Each has twelve code cells, ten count models of 120 months, and five figures; both save coefficients and standard errors
of the step, which are compared.
"""

from __future__ import annotations

import json
from pathlib import Path

PARAMETERS = 'results: str = "results.json"  # where estimates are written\n'
COUNTS = """
rng = np.random.default_rng(1)
t = np.arange(120)
step, trend = (t >= 84).astype(float), t / 12
counts = rng.poisson(np.exp(3 + 0.1 * np.sin(2 * np.pi * t / 12) - 0.1 * step), (10, 120)).astype(float)
"""
SAVE = "import json\nfrom pathlib import Path\n_ = Path(results).write_text(json.dumps(found.to_numpy().tolist()))"

STOCK = (
    "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nimport seaborn as sns\n"
    "import statsmodels.api as sm\nimport statsmodels.formula.api as smf",
    COUNTS,
    "frames = [pd.DataFrame({'month': t, 'count': row, 'step': step, 'trend': trend,\n"
    "                        'sin': np.sin(2 * np.pi * t / 12), 'cos': np.cos(2 * np.pi * t / 12)}) for row in counts]",
    "fits = [smf.glm('count ~ trend + step + sin + cos', frame, family=sm.families.Poisson())\n"
    "        .fit(tol=1e-12, cov_type='HAC', cov_kwds={'maxlags': 4, 'use_correction': False}) for frame in frames]",
    "found = pd.DataFrame({'estimate': [fit.params['step'] for fit in fits],\n"
    "                      'error': [fit.bse['step'] for fit in fits]})\nfound.round(3)",
    "sns.set_theme(style='whitegrid')",
    *(
        f"frame = frames[{k}].assign(expected=fits[{k}].fittedvalues)\n"
        "long = frame.melt(id_vars='month', value_vars=['count', 'expected'])\n"
        "fig, ax = plt.subplots(figsize=(8, 4))\n"
        "sns.lineplot(data=long, x='month', y='value', hue='variable', ax=ax)\nplt.show()"
        for k in range(5)
    ),
    SAVE,
)


def own_figure(k: int) -> str:
    """A cell with the figure of one series."""
    return (
        f"none = np.full(120, np.nan)\nexpected = Expectation(fit.fitted.T[{k}] * 12, none, none, none)\n"
        f"series_figure(series[{k}], words, title='Reports of series {k} by month', "
        "quantity='Reports per 100 000 and year', where='Town', expectation=expected)"
    )


OWN = (
    "import numpy as np\nimport pandas as pd\n"
    "from evaluation.figures import Expectation, series_figure\nfrom evaluation.models.glm import fit_poisson\n"
    "from evaluation.models.sandwich import newey_west\nfrom evaluation.series import TimeSeries\n"
    "from evaluation.tables import Column, table\nfrom evaluation.wording import wording\nwords = wording('en')",
    COUNTS,
    "X = np.column_stack([np.ones(120), trend, step, np.sin(2 * np.pi * t / 12), np.cos(2 * np.pi * t / 12)])",
    "fit = fit_poisson(X, counts.T, np.zeros((120, 1)))\n"
    "robust = newey_west(X, fit.counts - fit.fitted, fit.unscaled, t, 4, small_sample=False)",
    "found = pd.DataFrame({'estimate': fit.beta[:, 2], 'error': np.sqrt(robust[:, 2, 2])})\n"
    "columns = [Column('series', 'Series'), Column('estimate', 'Step', 'number', 3),\n"
    "           Column('error', 'Standard error', 'number', 3)]\n"
    "table(found.assign(series=[f'Series {k}' for k in range(10)]), 'Steps by series', columns, words)",
    "start = (np.datetime64('2015-01') + t).astype('datetime64[D]')\n"
    "series = [TimeSeries('reports', '0114', 'month', start, row, np.full(120, 1e5 / 12), t < 0) for row in counts]",
    *map(own_figure, range(5)),
    SAVE,
)
MANY = (*OWN[:6], *map(own_figure, range(10)))
"""The same with ten figures, for the size of pages."""

BOTH = (
    "import numpy as np, pandas as pd, matplotlib.pyplot as plt, statsmodels.api as sm",
    COUNTS,
    "design = sm.add_constant(np.column_stack([trend, step]))\n"
    "robust = {'cov_type': 'HAC', 'cov_kwds': {'maxlags': 3}}\n"
    "fits = [sm.GLM(row, design, family=sm.families.Poisson()).fit(**robust) for row in counts]\n"
    "found = pd.DataFrame({'estimate': [fit.params[2] for fit in fits], 'error': [fit.bse[2] for fit in fits]})",
    *(
        f"fig, ax = plt.subplots(figsize=(6, 3))\nax.plot(counts[{k}], label='observed')\n"
        f"ax.plot(fits[{k}].fittedvalues, label='expected')\nax.legend()\nplt.show()"
        for k in range(5)
    ),
    "pd.DataFrame(counts.T[:, :5]).describe().round(3)",
    "print('done')",
    SAVE,
)
"""An ordinary notebook, the same for both engines."""


def write_notebook(path: Path, cells: tuple[str, ...]) -> Path:
    """Write a notebook with a parameters cell and these cells."""
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    title = nbformat.v4.new_markdown_cell("# Reports by month", id="title")
    first = nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})
    others = [nbformat.v4.new_code_cell(cell.strip(), id=f"cell{number}") for number, cell in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}, cells=[title, first, *others]), path)
    return path


def largest_difference(mine: str, theirs: str) -> float:
    """Largest relative difference between two saved results."""
    import numpy as np

    first, second = (np.array(json.loads(text)) for text in (mine, theirs))
    return float(np.abs(first / second - 1).max())
