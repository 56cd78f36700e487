package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.ortnce.samplers.SamplerGraphs.Declared;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * A row of a bad-input table for one op: a good case, what spoils it, and the error wherever it can
 * show: in the builder call, when a session of the raw node is created, and when that runs. Texts
 * stand without the op in front.
 */
final class SamplerRow {
  private static final int MAX_BYTES = 512;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final SamplerCase good;
  private final SamplerCase bad;
  private String builderText;
  private String loadText;
  private String runText;

  private SamplerRow(String name, SamplerCase good, Consumer<SamplerCase> spoil) {
    this.name = name;
    this.good = good;
    this.bad = good.copy();
    spoil.accept(bad);
  }

  /** A row named by its id and what is bad. */
  static SamplerRow of(String name, SamplerCase good, Consumer<SamplerCase> spoil) {
    return new SamplerRow(name, good, spoil);
  }

  /** The builder call throws IllegalArgumentException with this in its text. */
  SamplerRow builder(String text) {
    builderText = text;
    return this;
  }

  /** The op refuses the graph when the session is created. */
  SamplerRow load(String text) {
    loadText = text;
    return this;
  }

  /** The op refuses the values when it runs, and the session goes on as if it had not. */
  SamplerRow run(String text) {
    runText = text;
    return this;
  }

  /** The same text from a graph that tells enough and from one that does not. */
  SamplerRow op(String text) {
    return load(text).run(text);
  }

  /** Whether the row is one of this op. */
  boolean isOf(String op) {
    return good.op.equals(op);
  }

  static Stream<DynamicTest> tests(SamplerRow... rows) {
    return Arrays.stream(rows).flatMap(SamplerRow::stages);
  }

  Stream<DynamicTest> stages() {
    List<DynamicTest> tests = new ArrayList<>();
    String prefix = name + " " + good.op + " - ";
    if (builderText != null) {
      tests.add(DynamicTest.dynamicTest(prefix + "builder", this::checkBuilder));
    }
    if (loadText != null) {
      tests.add(
          DynamicTest.dynamicTest(
              prefix + "load", () -> assertTimeoutPreemptively(LIMIT, this::checkLoad)));
    }
    if (runText != null) {
      tests.add(
          DynamicTest.dynamicTest(
              prefix + "run", () -> assertTimeoutPreemptively(LIMIT, this::checkRun)));
    }
    assertThat(tests).as("row " + name + " must expect an error").isNotEmpty();
    return tests.stream();
  }

  private void checkBuilder() {
    assertThatThrownBy(() -> SamplerGraphs.checked(bad))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(builderText);
  }

  private void checkLoad() {
    OrtException error =
        catchThrowableOfType(OrtException.class, () -> open(bad, Declared.CONSTANTS).close());
    // ONNX Runtime makes one code of all that goes wrong while it creates kernels.
    checkError(error, OrtErrorCode.ORT_RUNTIME_EXCEPTION, loadText);
  }

  private void checkRun() throws OrtException {
    // Where shapes can be declared and are right, only values are bad: declare them.
    boolean sameShapes =
        good.inputs().keySet().equals(bad.inputs().keySet())
            && good.inputs().keySet().stream()
                .allMatch(
                    input ->
                        Arrays.equals(
                            good.inputs().get(input).shape(), bad.inputs().get(input).shape()));
    Declared declared = sameShapes ? Declared.SHAPES : Declared.TYPES;
    Map<String, Tensor> goodFeeds = SamplerGraphs.feeds(good, declared);
    Map<String, String> first;
    try (ModelSession fresh = open(good, declared)) {
      first = text(fresh.run(goodFeeds));
    }
    try (ModelSession session = open(good, declared)) {
      for (int i = 0; i < 2; i++) {
        OrtException error =
            catchThrowableOfType(
                OrtException.class, () -> session.run(SamplerGraphs.feeds(bad, declared)));
        checkError(error, OrtErrorCode.ORT_INVALID_ARGUMENT, runText);
      }
      // The stream stands where it stood: this is still its first run.
      assertThat(text(session.run(goodFeeds))).isEqualTo(first);
    }
  }

  private static ModelSession open(SamplerCase c, Declared declared) throws OrtException {
    return ModelSession.open(SamplerGraphs.raw(c, declared), Samplers.QUIET);
  }

  private static Map<String, String> text(Map<String, Tensor> outputs) {
    Map<String, String> text = new TreeMap<>();
    outputs.forEach(
        (output, tensor) ->
            text.put(
                output,
                switch (tensor.elementType()) {
                  case INT64 -> Arrays.toString(tensor.toLongArray());
                  case FLOAT -> Arrays.toString(tensor.toFloatArray());
                  default -> tensor.ints().toString() + tensor.ints().get(0);
                }));
    return text;
  }

  private void checkError(OrtException error, OrtErrorCode code, String text) {
    assertThat(error).as("an OrtException: " + text).isNotNull();
    assertThat(error.getCode()).as(error.getMessage()).isEqualTo(code);
    String message = error.getMessage();
    String op = good.op + ": ";
    assertThat(message).contains(op);
    // What stands before is ONNX Runtime's.
    String ours = message.substring(message.indexOf(op)).strip();
    assertThat(ours).isEqualTo(op + text);
    assertThat(ours.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(MAX_BYTES);
    assertThat(ours).matches("[ -~]*");
  }
}
