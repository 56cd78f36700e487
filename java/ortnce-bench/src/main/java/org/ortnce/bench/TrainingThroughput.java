package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.Reduction;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;
import org.ortnce.training.BoundOptimizer;
import org.ortnce.training.Optimizer;
import org.ortnce.training.Optimizers;
import org.ortnce.training.Parameter;
import org.ortnce.training.TrainingSession;

/**
 * The trainer of tools/bench/training_throughput.py in Java: skip-gram with the noise-contrastive
 * loss.
 *
 * <p>Arguments: optimizer (sgd or adagrad), learning rate, number of classes, dim, num_sampled,
 * threads, and .npy files of inputs and labels, int64 [batches, batch]. Answers each line "steps"
 * on standard input with the mean loss of that many further steps, after "ready".
 */
final class TrainingThroughput implements AutoCloseable {
  private final TrainingSession session;
  private final BoundOptimizer optimizer;
  private final double learningRate;
  private final Tensor inputs;
  private final Tensor labels;
  private long done;

  private TrainingThroughput(String[] arguments) throws IOException, OrtException {
    Optimizer rule = arguments[0].equals("sgd") ? Optimizers.sgd() : Optimizers.adagrad();
    learningRate = Double.parseDouble(arguments[1]);
    long classes = Long.parseLong(arguments[2]);
    long dim = Long.parseLong(arguments[3]);
    long sampled = Long.parseLong(arguments[4]);
    int threads = Integer.parseInt(arguments[5]);
    inputs = direct(Npy.read(Path.of(arguments[6])));
    labels = direct(Npy.read(Path.of(arguments[7])));
    List<Parameter> parameters =
        List.of(
            Parameter.uniform(GraphNames.EMBEDDINGS, -0.5, 0.5, 1, classes, dim),
            Parameter.zeros(GraphNames.WEIGHTS, classes, dim),
            Parameter.zeros(GraphNames.BIASES, classes));
    optimizer = rule.bind(parameters);
    NceLossOptions options =
        NceLossOptions.builder().numSampled(sampled).seed(1, 2).reduction(Reduction.MEAN).build();
    session =
        TrainingSession.open(
            NceNetwork.of(InputLayer.embeddings(classes, dim), classes).trainingStep(options),
            parameters,
            SessionConfig.builder().intraOpThreads(threads).build());
  }

  /** A copy that ONNX Runtime reads in place. */
  private static Tensor direct(Tensor tensor) {
    Tensor copy = Tensor.allocateLongs(tensor.shape());
    copy.longs().put(tensor.longs());
    return copy;
  }

  /** The mean loss of some further steps. */
  private double train(long steps) throws OrtException {
    double total = 0;
    for (long step = done; step < done + steps; step++) {
      Map<String, Tensor> batch =
          Map.of(
              GraphNames.INPUT_IDS, batch(inputs, step),
              GraphNames.LABELS, batch(labels, step).reshape(labels.dim(1), 1));
      total += session.update(batch, step, optimizer, learningRate).mean();
    }
    done += steps;
    return total / steps;
  }

  /** Row {@code step} of the data, int64 [batch]; not a copy. */
  private static Tensor batch(Tensor data, long step) {
    int size = Math.toIntExact(data.dim(1));
    LongBuffer row = data.longs().slice((int) (step % data.dim(0)) * size, size);
    return Tensor.of(row, size);
  }

  @Override
  public void close() {
    session.close();
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException, OrtException {
    if (arguments.length < 8) {
      throw new IllegalArgumentException("expected 8 arguments, got " + arguments.length);
    }
    try (TrainingThroughput training = new TrainingThroughput(arguments)) {
      System.out.println("ready");
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(training.train(Long.parseLong(line)));
      }
    }
  }
}
