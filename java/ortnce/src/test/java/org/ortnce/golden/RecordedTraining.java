package org.ortnce.golden;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** models/golden/training_run; the README there describes the files. */
final class RecordedTraining {
  private static final Path ROOT = Path.of("..", "..", "models", "golden", "training_run");

  @SerializedName("num_classes")
  int numClasses;

  int dim;
  int batch;

  @SerializedName("num_sampled")
  int numSampled;

  int steps;
  private Hashed embeddings;
  private Hashed weights;
  private Map<String, Run> runs;

  private transient Tensor inputs;
  private transient Tensor labels;

  private record Hashed(int salt, float width) {}

  /** One optimizer's run. */
  static final class Run {
    @SerializedName("learning_rate")
    double learningRate;

    @SerializedName("global_seed")
    long globalSeed;

    long seed;
    long seed2;
    private transient float[] losses;
    private transient double[] exactLosses;
    private transient Tensor sampledIds;

    /** TensorFlow's loss of every step. */
    float[] losses() {
      return losses;
    }

    /** The loss of the same training in float64. */
    double[] exactLosses() {
      return exactLosses;
    }

    /** What the loss of a step sampled. */
    long[] sampledIds(int step) {
      return row(sampledIds, step);
    }
  }

  private RecordedTraining() {}

  static RecordedTraining read() throws IOException {
    String json = Files.readString(ROOT.resolve("settings.json"));
    RecordedTraining recorded = new Gson().fromJson(json, RecordedTraining.class);
    recorded.inputs = Npy.read(ROOT.resolve("inputs.npy"));
    recorded.labels = Npy.read(ROOT.resolve("labels.npy"));
    for (Map.Entry<String, Run> entry : recorded.runs.entrySet()) {
      Path folder = ROOT.resolve(entry.getKey());
      Run run = entry.getValue();
      run.losses = Npy.read(folder.resolve("loss.npy")).toFloatArray();
      run.exactLosses = new double[run.losses.length];
      Npy.read(folder.resolve("loss_float64.npy")).doubles().get(run.exactLosses);
      run.sampledIds = Npy.read(folder.resolve("sampled_ids.npy"));
    }
    return recorded;
  }

  /** "sgd" or "adagrad". */
  Run run(String optimizer) {
    return runs.get(optimizer);
  }

  /** The input ids of a step, int64 [batch]. */
  Tensor inputIds(int step) {
    return Tensor.of(row(inputs, step), batch);
  }

  /** The labels of a step, int64 [batch, 1]. */
  Tensor labels(int step) {
    return Tensor.of(row(labels, step), batch, 1);
  }

  /** A row of an int16 matrix. */
  private static long[] row(Tensor matrix, int row) {
    if (matrix.elementType() != ElementType.INT16) {
      throw new IllegalStateException("expected int16, found " + matrix);
    }
    ByteBuffer bytes = matrix.rawBytes();
    int columns = Math.toIntExact(matrix.dim(1));
    long[] values = new long[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = bytes.getShort(Short.BYTES * (row * columns + i));
    }
    return values;
  }

  /** The initial embeddings of the inputs, float [num_classes, dim]. */
  Tensor embeddings() {
    return initial(embeddings);
  }

  /** The initial embeddings of the classes, float [num_classes, dim]. */
  Tensor weights() {
    return initial(weights);
  }

  /** The initial biases, float [num_classes]. */
  Tensor biases() {
    return Tensor.allocateFloats(numClasses);
  }

  private Tensor initial(Hashed made) {
    Tensor tensor = Tensor.allocateFloats(numClasses, dim);
    FloatBuffer values = tensor.floats();
    for (int i = 0; i < values.limit(); i++) {
      values.put(i, ((hash(i + made.salt) >>> 8) * 0x1p-24f - 0.5f) * made.width);
    }
    return tensor;
  }

  private static int hash(int element) {
    int x = element;
    x ^= x >>> 16;
    x *= 0x7feb352d;
    x ^= x >>> 15;
    x *= 0x846ca68b;
    return x ^ x >>> 16;
  }
}
