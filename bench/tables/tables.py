"""The tables that are compared, and their splits."""
import gzip
import os
import re

MISSING = ["", "?", "NA", "N/A", "nan", "null"]


class Table:
    """A table as it lies there. options: what the user writes behind the name of the file."""

    def __init__(self, name, file, options, target, classes, skip=0, header=True, separator=",", drop=(), time=False,
                 apart=False):
        self.name, self.file, self.options, self.target, self.classes = name, file, options, target, classes
        self.skip, self.header, self.separator, self.drop = skip, header, separator, drop
        self.time = time  # rows follow one another: the last fifth is the test
        self.apart = apart  # it played no part in choosing the recipe

    def path(self, data):
        return os.path.join(data, self.file)

    def lines(self, data):
        """The lines above the rows, and the rows, as text."""
        opener = gzip.open if self.file.endswith(".gz") else open
        with opener(self.path(data), "rt", encoding="utf-8") as file:
            lines = [line for line in file.read().split("\n") if line.strip()]
        above = self.skip + (1 if self.header else 0)
        return lines[:above], lines[above:]

    def frame(self, path, skip=0):
        """The inputs and the target as pandas has them; the same columns that plummet learns from. skip: lines at the top
        that are no rows and no names."""
        import pandas as pd
        frame = pd.read_csv(path, sep=self.separator, skiprows=skip, header=0 if self.header else None,
                            na_values=MISSING, keep_default_na=False, skipinitialspace=True)
        target = frame.columns[self.target] if isinstance(self.target, int) else self.target
        y = frame[target]
        x = frame.drop(columns=[target, *self.drop])
        return x, y.astype(str) if self.classes else y.astype(float)

    def splits(self, rows):
        """How many splits are measured."""
        if self.time:
            return 1
        return 10 if rows < 2000 else 3 if rows < 10000 else 1

    def split(self, data, number, folder):
        """Writes train.csv and test.csv of a split into the folder, with the lines of the file as they are; the test
        without those that are skipped, as new rows come. A line at the top that counts the rows (iris, wine) counts those
        of the training."""
        import numpy as np
        from sklearn.model_selection import train_test_split
        above, rows = self.lines(data)
        if self.time:
            cut = len(rows) * 4 // 5
            parts = np.arange(cut), np.arange(cut, len(rows))
        else:
            _, y = self.frame(self.path(data), self.skip)
            counts = y.value_counts()
            strata = y if self.classes and counts.min() > 1 else None
            parts = train_test_split(np.arange(len(rows)), test_size=0.2, random_state=number, stratify=strata)
        for name, part, skip in zip(("train.csv", "test.csv"), parts, (0, self.skip)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                top = [re.sub(r"^\d+", str(len(part)), line) for line in above[:self.skip]] + above[self.skip:]
                file.write("\n".join([*top[skip:], *(rows[i] for i in sorted(part))]) + "\n")
        return len(rows)


TABLES = [
    Table("abalone", "abalone.csv", "target=-1", -1, False, header=False),
    Table("credit-data", "credit-data.csv", "target=Status", "Status", True),
    Table("winequality-white", "winequality-white.csv", "target=quality columns='quality=number'", "quality", False,
          separator=";"),
    Table("concrete", "concrete.csv", "target=compressive_strength", "compressive_strength", False),
    Table("penguins", "penguins.csv", "target=species", "species", True),
    Table("california-housing", "california-housing.csv", "target=median_house_value", "median_house_value", False),
    Table("banknote", "banknote_authentication.csv", "target=-1", -1, True, header=False),
    Table("diabetes", "diabetes.csv", "target=target", "target", False),
    Table("spambase", "spambase.csv", "target=type", "type", True),
    Table("satellite", "satellite.csv.gz", "target=classes", "classes", True),
    Table("winequality-white, classes", "winequality-white.csv", "target=quality", "quality", True, separator=";"),
    Table("letter-recognition", "letter-recognition.csv.gz", "target=lettr", "lettr", True),
    Table("adult", "adult.data.gz", "target=-1", -1, True, header=False),
    Table("wheat-seeds", "wheat-seeds.csv", "target=-1", -1, True, header=False),
    Table("iris", "iris.csv", "target=-1", -1, True, skip=1, header=False),
    Table("wine", "wine_data.csv", "target=-1", -1, True, skip=1, header=False),
    Table("meats", "meats.csv", "target=fat columns='water=drop, protein=drop'", "fat", False,
          drop=("water", "protein")),
    Table("winequality-red", "winequality-red.csv", "target=quality columns='quality=number'", "quality", False,
          separator=";", apart=True),
    Table("winequality-red, classes", "winequality-red.csv", "target=quality", "quality", True, separator=";",
          apart=True),
    Table("sonar", "sonar.csv", "target=-1", -1, True, header=False, apart=True),
    Table("ionosphere", "ionosphere.csv", "target=-1", -1, True, header=False, apart=True),
    Table("breast_cancer", "breast_cancer.csv", "target=-1", -1, True, skip=1, header=False, apart=True),
]
