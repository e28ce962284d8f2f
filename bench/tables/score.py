"""What is measured on the test rows."""
import numpy as np


def classes(y, probability, names):
    """Accuracy and log loss, with the standard error of the accuracy over the test rows. y: names of classes;
    probability: [rows, names]. A class that was not among the training rows has probability 0."""
    at = {name: i for i, name in enumerate(names)}
    probability = np.clip(np.asarray(probability, float), 1e-7, None)
    probability /= probability.sum(axis=1, keepdims=True)
    place = np.array([at.get(str(value), -1) for value in y])
    right = place == probability.argmax(axis=1)
    own = np.where(place >= 0, probability[np.arange(len(y)), place], 1e-7)
    return {"score": float(right.mean()), "error": float(right.std() / np.sqrt(len(y))),
            "log_loss": float(-np.log(own).mean())}


def numbers(y, predicted):
    """Root mean squared error, with its standard error over the test rows."""
    square = (np.asarray(y, float) - np.asarray(predicted, float)) ** 2
    rmse = float(np.sqrt(square.mean()))
    return {"score": rmse, "error": float(square.std() / np.sqrt(len(square)) / (2 * rmse + 1e-300))}
