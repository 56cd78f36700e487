package org.ortnce.golden;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ortnce.onnx.proto.TensorProto;
import org.ortnce.tensor.Tensor;

/**
 * One folder of models/golden/nce_loss and its neighbours; the README there describes the files.
 */
record GoldenCase(Path folder, Options options) {
  private static final Path ROOT = Path.of("..", "..", "models", "golden");

  /** The fields of options.json that a test reads. */
  static final class Options {
    @SerializedName("num_sampled")
    long numSampled;

    @SerializedName("num_classes")
    long numClasses;

    @SerializedName("num_true")
    int numTrue;

    @SerializedName("remove_accidental_hits")
    boolean removeAccidentalHits;

    @SerializedName("partition_strategy")
    String partitionStrategy;

    long[] partitions;

    @SerializedName("subtract_log_q")
    boolean subtractLogQ;

    @SerializedName("ignore_index")
    Long ignoreIndex;

    String reduction;
    long seed;
    long seed2;
    long dim;

    @SerializedName("has_biases")
    boolean hasBiases;

    @SerializedName("biases_length")
    Long biasesLength;

    @SerializedName("labels_type")
    String labelsType;

    String samples;

    @SerializedName("step_input")
    boolean stepInput;

    @SerializedName("output_sample")
    boolean outputSample;

    String oracle;

    @SerializedName("inputs_type")
    String inputsType = "float";

    @SerializedName("weights_type")
    String weightsType = "float";

    @SerializedName("tensorflow_errors")
    Map<String, Double> tensorFlowErrors = Map.of();

    int k;

    @SerializedName("unit_scale")
    boolean unitScale;
  }

  /** Inputs and outputs of one run. */
  record DataSet(Path folder, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    String name() {
      return folder.getFileName().toString();
    }

    /** The values of a file of doubles, such as {@code reference_loss}. */
    double[] doubles(String name) {
      try {
        byte[] file = Files.readAllBytes(folder.resolve(name + ".pb"));
        DoubleBuffer values = TensorProtos.tensor(TensorProto.parseFrom(file)).doubles();
        double[] array = new double[values.remaining()];
        values.get(array);
        return array;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The cases of {@code NceLoss}. */
  static List<GoldenCase> losses() throws IOException {
    return all("nce_loss");
  }

  /** The cases of {@code NceLossGrad}. */
  static List<GoldenCase> gradients() throws IOException {
    return all("nce_loss_grad");
  }

  /** The cases of {@code FullSigmoidLoss} and {@code TopKClasses}. */
  static List<GoldenCase> fullSigmoid() throws IOException {
    return all("full_sigmoid_loss");
  }

  /** The cases of both losses and the gradient in float16 and bfloat16. */
  static List<GoldenCase> halfTypes() throws IOException {
    return all("half_types");
  }

  private static List<GoldenCase> all(String op) throws IOException {
    try (Stream<Path> folders = Files.list(ROOT.resolve(op))) {
      return folders.filter(Files::isDirectory).sorted().map(GoldenCase::read).toList();
    }
  }

  private static GoldenCase read(Path folder) {
    try {
      String json = Files.readString(folder.resolve("options.json"));
      return new GoldenCase(folder, new Gson().fromJson(json, Options.class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  Path model() {
    return folder.resolve("model.onnx");
  }

  boolean ownSample() {
    return options.samples.equals("own");
  }

  /** The data sets in order. */
  List<DataSet> dataSets() throws IOException {
    try (Stream<Path> sets = Files.list(folder)) {
      return sets.filter(path -> path.getFileName().toString().startsWith("test_data_set_"))
          .sorted()
          .map(GoldenCase::dataSet)
          .toList();
    }
  }

  private static DataSet dataSet(Path folder) {
    try {
      return new DataSet(folder, tensors(folder, "input_"), tensors(folder, "output_"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Tensor> tensors(Path folder, String prefix) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files
              .filter(f -> f.getFileName().toString().startsWith(prefix))
              .sorted(Comparator.comparing(f -> f.getFileName().toString()))
              .toList()) {
        TensorProto proto = TensorProto.parseFrom(Files.readAllBytes(file));
        tensors.put(proto.getName(), TensorProtos.tensor(proto));
      }
    }
    return tensors;
  }

  @Override
  public String toString() {
    return name();
  }
}
