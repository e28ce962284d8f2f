"""Writes the section "plummet today" of docs/TABLES.md: plummet's results of results.jsonl beside the figures of the others
that the page has. They are of the same rows, so nothing but plummet has to be measured anew."""
import re

from report import EXCEPT, NETS, TREES, NAMES, half, mean, number

TITLE = "## plummet today"
TEXT = """
The columns plummet and quick are of the commit in the last column. Those of the others, and plummet before, are those of the
tables below, which are of older commits; all have the same splits. A table without a row here has not been measured anew.
The goals: see below. Log loss is that of plummet.
"""


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def page_scores(page):
    """The mean score of each model by table, with the number of splits: {table: {model: (score, splits)}}."""
    found, head = {}, None
    for line in page.split("\n"):
        if line.startswith("| table, what the user wrote"):
            head = cells_of(line)
        elif not line.startswith("|"):
            head = None
        elif head and not line.startswith("|---"):
            cells = cells_of(line)
            name, splits = cells[0].split(": `")[0], int(cells[1])
            for model, cell in zip(head[2:], cells[2:]):
                figure = re.match(r"\**([\d.,]+)\**", cell)
                fewer = re.search(r"\((\d+)\)$", cell)
                if figure:
                    found.setdefault(name, {})[model] = (float(figure[1].replace(",", "")), int(fewer[1]) if fewer else splits)
    return found


def best(known, models, classes, splits):
    """The best of the models that have all splits, as (score, name)."""
    scores = [(known[NAMES[m]][0], NAMES[m]) for m in models if NAMES[m] in known and known[NAMES[m]][1] == splits]
    return (max if classes else min)(scores) if scores else None


def goal(table, ours, tree):
    """Whether the goal is held: a score, or the best tree with a margin."""
    limit = EXCEPT.get(table.name)
    if limit is None and tree is None:
        return "-"
    if limit is None:
        limit = tree[0] - 0.01 if table.classes else tree[0] * 1.03
    held = ours >= limit if table.classes else ours <= limit
    return f"{number(limit, table.classes)}, {'held' if held else '**missed**'}"


def shown(peer, classes):
    return f"{peer[1]} {number(peer[0], classes)}" if peer else "-"


def row(table, results, known):
    """A line of the table; None = plummet has not been measured on all splits that the page has."""
    of = {m: [r for r in results if r["table"] == table.name and r["model"] == m and not r.get("timed")]
          for m in ("default", "quick")}
    if not of["default"] or NAMES["default"] not in known:
        return None
    before, splits = known[NAMES["default"]]
    if len(of["default"]) != splits:
        return None
    ours = mean([r["score"] for r in of["default"]])
    quick = [r["score"] for r in of["quick"]]
    log_loss = f"{mean([r['log_loss'] for r in of['default']]):.3f}" if table.classes else ""
    tree = best(known, TREES, table.classes, splits)
    return [table.name, str(splits), f"{number(ours, table.classes)} ± {number(half(of['default']), table.classes)}",
            f"{number(mean(quick), table.classes)} ({len(quick)})" if quick else "-", number(before, table.classes),
            shown(best(known, NETS, table.classes, splits), table.classes), shown(tree, table.classes),
            goal(table, ours, tree), log_loss, ", ".join(sorted({r["commit"] for r in of["default"] + of["quick"]}))]


def write(results, tables, path):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    old = page.find(TITLE)
    after = page.find("\n## ", old + 1) + 1 if old >= 0 else page.find("## ")
    rows = [row(t, results, page_scores(page).get(t.name, {})) for t in tables if not t.apart]
    lines = [TITLE, *TEXT.strip().split("\n"), "",
             "| table | splits | plummet | quick (splits) | plummet before | best net | best tree | goal | log loss | commit |",
             "|---|---|---|---|---|---|---|---|---|---|", *("| " + " | ".join(r) + " |" for r in rows if r), "", ""]
    with open(path, "w", encoding="utf-8") as file:
        file.write(page[:old if old >= 0 else after] + "\n".join(lines) + page[after:])
