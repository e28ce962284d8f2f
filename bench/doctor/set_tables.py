"""The tables of the sets that have a file of tables of their own. A new set is entered here: in the import and in SETS.
RULES: name: the rule of a row; READ: name: a function that gives the rows; CLASSES: name: number of classes, 0 = a number."""
import eighth_tables
import ninth_tables
import tenth_tables
import eleventh_tables
import twelfth_tables
import thirteenth_tables
import fourteenth_tables
import fifteenth_tables
import sixteenth_tables
import seventeenth_tables
import eighteenth_tables
import nineteenth_tables

SETS = (eighth_tables, ninth_tables, tenth_tables, eleventh_tables, twelfth_tables, thirteenth_tables, fourteenth_tables,
        fifteenth_tables, sixteenth_tables, seventeenth_tables, eighteenth_tables, nineteenth_tables)


def together(field):
    """One table of the fields of all sets; of the same name in two sets it would take the later one, so names differ."""
    return {name: value for one in SETS for name, value in getattr(one, field, {}).items()}


RULES, READ, CLASSES = together("RULES"), together("READ"), together("CLASSES")
