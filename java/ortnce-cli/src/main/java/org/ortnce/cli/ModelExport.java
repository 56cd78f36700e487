package org.ortnce.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.ortnce.cli.export.LayerFiles;
import org.ortnce.cli.export.ModelKind;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Table;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.InferenceOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.nce.Reduction;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.onnx.ValueInfo;
import org.ortnce.tensor.ElementType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** What {@code ortnce export} and {@code ortnce attach} share: a model of weights and biases. */
abstract class ModelExport extends Subcommand {
  private static final Set<String> LABELLED = Set.of("--num-true", "--ignore-index", "--reduction");
  private static final Set<String> RANKING = Set.of("--k", "--all-scores");
  private static final int DEFAULT_K = 10;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "training-loss",
      description = "The model: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  ModelKind kind;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.onnx",
      description = "The file to write; replaced if it exists.")
  Path output;

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "FILE.npy",
      description =
          "The class embeddings, [num_classes, dim] of float, float16 or bfloat16; several files are"
              + " partitions, in order."
              + " With --npz the names of arrays (default: weights, or weights_0, weights_1 ...).")
  List<String> weights = new ArrayList<>();

  @Option(
      names = "--biases",
      paramLabel = "FILE.npy",
      description =
          "The class biases, [num_classes] of the weights' type (default: zeros)."
              + " With --npz the name of an array (default: biases, if there is one).")
  String biases;

  @Option(
      names = "--npz",
      paramLabel = "FILE.npz",
      description = "Take weights and biases from this file.")
  Path npz;

  @Option(
      names = "--weights-type",
      paramLabel = "float|float16|bfloat16",
      converter = WeightsType.class,
      description =
          "Store weights and biases in this type, rounded to nearest (default: that of the files).")
  ElementType weightsType;

  @Option(
      names = "--partition-strategy",
      paramLabel = "div|mod",
      defaultValue = "div",
      description = "How classes are spread over the partitions (default: ${DEFAULT-VALUE}).")
  PartitionStrategy strategy;

  @Option(
      names = "--num-classes",
      paramLabel = "V",
      description = "The number of classes, if the weights have more rows than that (padding).")
  Long numClasses;

  @Option(
      names = "--num-true",
      paramLabel = "T",
      defaultValue = "1",
      description = "Labels of an example (default: ${DEFAULT-VALUE}).")
  int numTrue;

  @Option(
      names = "--ignore-index",
      paramLabel = "N",
      description = "The label that is padding (default: none is).")
  Long ignoreIndex;

  @Option(
      names = "--reduction",
      paramLabel = "none|mean|sum",
      defaultValue = "none",
      description = "How the losses of a batch are reduced (default: ${DEFAULT-VALUE}).")
  Reduction reduction;

  @Option(
      names = "--k",
      paramLabel = "K",
      description = "For an inference model: how many classes it returns (default: 10, or all).")
  Integer k;

  @Option(
      names = "--metrics",
      description =
          "For an evaluation model: also return softmax losses and ranks, for ortnce eval.")
  boolean metrics;

  @Option(
      names = "--all-scores",
      description = "For an inference model: also return logits and probabilities of all classes.")
  boolean allScores;

  @Option(
      names = "--external",
      description =
          "Put large tensors into a data file beside the model, as must be from 2 GiB on.")
  boolean external;

  @Option(
      names = "--threshold",
      paramLabel = "BYTES",
      description = "With --external: smaller tensors stay in the model (default: 1024).")
  Long threshold;

  @Option(
      names = "--file-per-tensor",
      description = "With --external: a data file for each tensor, so for each partition.")
  boolean filePerTensor;

  @Mixin ExportTrainingOptions training = new ExportTrainingOptions();

  ModelExport(Console console) {
    super(console);
  }

  /** What the output layer is put on. */
  abstract Body body() throws IOException;

  /** Makes models of output layers: the static methods of NceModels or those of an encoder. */
  interface Body {
    OnnxModel trainingLoss(OutputLayer layer, NceLossOptions options, ModelOptions graph);

    OnnxModel evaluation(OutputLayer layer, EvaluationOptions options);

    OnnxModel inference(OutputLayer layer, InferenceOptions options);
  }

  @Override
  final void run() throws Exception {
    if (npz == null && weights.isEmpty()) {
      throw wrongUsage("weights are missing: give --weights or --npz");
    }
    checkThatOptionsFitTheKind();
    Optional<ExternalDataOptions> data = fromOptions(this::externalData);
    OnnxModel model =
        switch (kind) {
          case TRAINING_LOSS -> trainingLoss();
          case EVALUATION -> evaluation();
          case INFERENCE -> inference();
        };
    if (data.isPresent()) {
      model.save(output, data.get());
    } else {
      checkThatItFitsIntoOneFile(model);
      model.save(output);
    }
    long bytes = Files.size(output);
    print(json(model, bytes), () -> text(model, bytes));
  }

  private static void checkThatItFitsIntoOneFile(OnnxModel model) {
    if (model.byteSize() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model would have "
              + model.byteSize()
              + " bytes, a model file holds at most "
              + Integer.MAX_VALUE
              + ": give --external");
    }
  }

  /** An option without an effect is a mistake. */
  private void checkThatOptionsFitTheKind() {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      String name = option.longestName();
      boolean fits =
          switch (kind) {
            case TRAINING_LOSS -> !RANKING.contains(name) && !name.equals("--metrics");
            case EVALUATION ->
                !RANKING.contains(name) && !ExportTrainingOptions.NAMES.contains(name);
            case INFERENCE ->
                !LABELLED.contains(name)
                    && !name.equals("--metrics")
                    && !ExportTrainingOptions.NAMES.contains(name);
          };
      if (!fits) {
        throw wrongUsage(name + " has no effect with --kind " + kind);
      }
    }
  }

  private Optional<ExternalDataOptions> externalData() {
    if (!external) {
      if (threshold != null || filePerTensor) {
        throw new IllegalArgumentException(
            (filePerTensor ? "--file-per-tensor" : "--threshold") + " needs --external");
      }
      return Optional.empty();
    }
    ExternalDataOptions options =
        filePerTensor ? ExternalDataOptions.filePerTensor() : ExternalDataOptions.oneFile();
    return Optional.of(threshold == null ? options : options.threshold(threshold));
  }

  private OutputLayer layer() throws IOException {
    LayerFiles files =
        npz == null ? LayerFiles.npy(weights, biases) : LayerFiles.npz(npz, weights, biases);
    OutputLayer layer = files.layer(strategy, numClasses);
    return weightsType == null ? layer : layer.asType(weightsType);
  }

  private OnnxModel trainingLoss() throws IOException {
    NceLossOptions.Builder attributes =
        fromOptions(() -> training.attributes().numTrue(numTrue).reduction(reduction));
    if (ignoreIndex != null) {
      attributes.ignoreIndex(ignoreIndex);
    }
    ModelOptions graph = fromOptions(training::graph);
    return body().trainingLoss(layer(), attributes.build(), graph);
  }

  private OnnxModel evaluation() throws IOException {
    OptionalLong ignored =
        ignoreIndex == null ? OptionalLong.empty() : OptionalLong.of(ignoreIndex);
    EvaluationOptions options =
        fromOptions(() -> new EvaluationOptions(numTrue, ignored, reduction, metrics, metrics));
    return body().evaluation(layer(), options);
  }

  private OnnxModel inference() throws IOException {
    OutputLayer layer = layer();
    int best = k == null ? (int) Math.min(DEFAULT_K, layer.numClasses()) : k;
    return body().inference(layer, new InferenceOptions(best, allScores));
  }

  private Map<String, Object> json(OnnxModel model, long bytes) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", output.toString());
    json.put("kind", kind.toString());
    json.put("bytes", bytes);
    json.put("external", external);
    json.put("inputs", model.inputs().stream().map(ValueInfo::toString).toList());
    json.put("outputs", model.outputs().stream().map(ValueInfo::toString).toList());
    return json;
  }

  private String text(OnnxModel model, long bytes) {
    Table table = new Table("ll");
    table.row(
        "wrote",
        output
            + " ("
            + Table.grouped(bytes)
            + " bytes"
            + (external ? " and data beside it)" : ")"));
    model.inputs().forEach(value -> table.row("input", value));
    model.outputs().forEach(value -> table.row("output", value));
    return table.render(0);
  }
}
