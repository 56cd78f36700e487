package org.ortnce.cli.export;

import java.util.Locale;

/** The three models made of an output layer. */
public enum ModelKind {
  TRAINING_LOSS,
  EVALUATION,
  INFERENCE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
