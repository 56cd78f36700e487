package org.ortnce.cli.train;

import java.util.Locale;
import org.ortnce.training.Optimizer;
import org.ortnce.training.Optimizers;

/** The optimizers, each with a learning rate that suits mean losses and skip-gram pairs. */
public enum OptimizerKind {
  SGD(10),
  MOMENTUM(1),
  ADAGRAD(5),
  ADAM(0.005);

  private final double learningRate;

  OptimizerKind(double learningRate) {
    this.learningRate = learningRate;
  }

  /** The learning rate where nobody chose one. */
  public double defaultLearningRate() {
    return learningRate;
  }

  /** The optimizer with Keras's settings; momentum is 0.9. */
  Optimizer optimizer() {
    return switch (this) {
      case SGD -> Optimizers.sgd();
      case MOMENTUM -> Optimizers.momentum(0.9, false);
      case ADAGRAD -> Optimizers.adagrad();
      case ADAM -> Optimizers.adam();
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
