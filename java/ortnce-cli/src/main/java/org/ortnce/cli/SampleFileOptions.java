package org.ortnce.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.cli.sample.SavedRuns;
import org.ortnce.tensor.Tensor;
import picocli.CommandLine.Option;

/** The files that {@code ortnce sample} writes. */
@OptionHeading("Files to write")
final class SampleFileOptions {
  @Option(
      names = "--save-ids",
      paramLabel = "FILE.npy",
      description = "Write all candidates: int64 [num_sampled], or [runs, num_sampled] of several.")
  Path ids;

  @Option(
      names = "--save-expected",
      paramLabel = "FILE.npy",
      description = "Write their expected counts: float, of the same shape.")
  Path expected;

  @Option(
      names = "--save-true-expected",
      paramLabel = "FILE.npy",
      description =
          "Write the expected counts of the labels: float [batch, num_true], or"
              + " [runs, batch, num_true] of several.")
  Path trueExpected;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.onnx",
      description =
          "Write the model that drew: the sampler alone, with the number of the run as input step"
              + " unless it learns.")
  Path model;

  /**
   * Room for the draws, by the names of the files in JSON.
   *
   * @throws IllegalArgumentException if they are too many, or there are no labels to save
   */
  Map<String, SavedRuns> savedRuns(long runs, long numSampled, Tensor labels) {
    Map<String, SavedRuns> saved = new LinkedHashMap<>();
    if (ids != null) {
      saved.put("ids_file", SavedRuns.candidates(ids, runs, numSampled));
    }
    if (expected != null) {
      saved.put("expected_file", SavedRuns.expectedCounts(expected, runs, numSampled));
    }
    if (trueExpected != null) {
      if (labels.elementCount() == 0) {
        throw new IllegalArgumentException("--save-true-expected needs --labels");
      }
      saved.put(
          "true_expected_file", SavedRuns.trueExpectedCounts(trueExpected, runs, labels.shape()));
    }
    return saved;
  }
}
