package org.ortnce.cli.train;

import java.util.Locale;
import java.util.function.Supplier;
import org.ortnce.training.Optimizer;
import org.ortnce.training.Optimizers;

/** The optimizers, each with a learning rate that suits mean losses and skip-gram pairs. */
public enum OptimizerKind {
  SGD(10, Optimizers::sgd),
  MOMENTUM(1, () -> Optimizers.momentum(0.9, false)),
  ADAGRAD(5, Optimizers::adagrad),
  ADAM(0.005, Optimizers::adam);

  private final double learningRate;
  private final Supplier<Optimizer> optimizer;

  OptimizerKind(double learningRate, Supplier<Optimizer> optimizer) {
    this.learningRate = learningRate;
    this.optimizer = optimizer;
  }

  /** The learning rate where nobody chose one. */
  public double defaultLearningRate() {
    return learningRate;
  }

  /** The optimizer with Keras's settings; momentum is 0.9. */
  Optimizer optimizer() {
    return optimizer.get();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
