package org.ortnce.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/** What {@code ortnce sample} refuses: options that do not fit (2) and bad files (1). */
class SampleCommandErrorsTest {
  @TempDir Path directory;

  /** Options after {@code --num-sampled 4}, and what the message must name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | --range-max",
        "--range-max 0 | rangeMax",
        "--range-max 3 | --num-sampled 4 is more than there are classes, --range-max 3",
        "--num-sampled 0 --range-max 3 | numSampled",
        "--num-sampled many --range-max 3 | --num-sampled",
        "--range-max 9 --sampler zipf | --sampler",
        "--range-max 9 --run -1 | --run",
        "--range-max 9 --runs 0 | --runs",
        "--range-max 9 --run 9223372036854775807 | --run",
        "--range-max 9 --limit -1 | --limit",
        "--range-max 9 --seed 1 --tf-seed=1 | --tf-seed",
        "--range-max 9 --seed2 1 --tf-seed=1 | --tf-seed",
        "--range-max 9 --tf-mode graph | --tf-mode has no effect without --tf-seed",
        "--range-max 9 --tf-seed=1,2,3 | GLOBAL[,OP]",
        "--range-max 9 --tf-seed=, | --tf-seed",
        "--range-max 9 --tf-seed=9223372036854775808 | --tf-seed",
        "--range-max 9 --tf-seed=1 --tf-mode v1 | --tf-mode",
        "--range-max 9 --labels 99999999999999999999 | 99999999999999999999",
        "--range-max 9 --save-true-expected x.npy | --save-true-expected needs --labels",
        "--range-max 9 --runs 99999999999 --save-ids x.npy | too many to save",
        "--range-max 9 --unigrams w.npy | --unigrams has no effect with --sampler log-uniform",
        "--range-max 9 --distortion 2 --sampler uniform | --distortion",
        "--range-max 9 --save-counts c.npy | --save-counts",
        "--range-max 9 --initial-counts c.npy --sampler fixed-unigram | --initial-counts",
        "--range-max 9 --sampler fixed-unigram | give either --unigrams or --vocabulary",
        "--sampler fixed-unigram --unigrams w --vocabulary v | --unigrams or --vocabulary",
        "--sampler fixed-unigram --unigrams w --shard 1 | shard must be",
        "--sampler fixed-unigram --unigrams w --distortion NaN | distortion",
        "--sampler fixed-unigram --unigrams w --num-reserved-ids -1 | numReservedIds",
        "--sampler learned-unigram | --range-max",
        "--sampler learned-unigram --range-max 2147483647 | range_max",
        "--sampler all --range-max 4 | --range-max has no effect with --sampler all",
        "--sampler all --seed 4 | --seed has no effect",
        "--sampler all --tf-seed 4 | --tf-seed has no effect",
        "--sampler all --no-unique | --unique has no effect",
        "--sampler all --run 1 | --run has no effect",
      })
  void wrongUsage(String options, String named) {
    List<Object> args = new ArrayList<>(List.of("sample", "--num-sampled", 4));
    if (options != null) {
      args.addAll(List.of((Object[]) options.split(" ")));
    }
    CliRun run = CliRun.of(args.toArray());
    assertThat(run.status()).as("%s", run).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(named, "Try 'ortnce sample --help'.");
  }

  private CliRun failed(Object... more) {
    List<Object> args = new ArrayList<>(List.of("sample", "--num-sampled", 4));
    args.addAll(List.of(more));
    CliRun run = CliRun.of(args.toArray());
    assertThat(run.status()).as("%s", run).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("ortnce: ").hasLineCount(1);
    return run;
  }

  @Test
  void badLabels() throws IOException {
    assertThat(failed("--range-max", 9, "--labels", "3,9").err())
        .contains("true_classes[1,0] = 9 is outside [0, 9)");
    assertThat(failed("--range-max", 9, "--labels", directory.resolve("none.npy")).err())
        .contains("no such file");
    Path floats = directory.resolve("floats.npy");
    Npy.write(floats, Tensor.of(new float[2], 2));
    assertThat(failed("--range-max", 9, "--labels", floats).err())
        .contains("float[2], expected int64 or int32");
    Path cube = directory.resolve("cube.npy");
    Npy.write(cube, Tensor.of(new long[8], 2, 2, 2));
    assertThat(failed("--range-max", 9, "--labels", cube).err()).contains("[batch, num_true]");
  }

  @Test
  void badWeights() throws IOException {
    Path words = Files.writeString(directory.resolve("words.txt"), "a,1\nsecret,x\n");
    assertThat(failed("--sampler", "fixed-unigram", "--vocabulary", words).err())
        .contains("line 2")
        .doesNotContain("secret");
    Path npy = directory.resolve("weights.npy");
    Npy.write(npy, Tensor.of(new float[] {1, 2, 3, 4, 5}, 5));
    assertThat(failed("--sampler", "fixed-unigram", "--unigrams", npy, "--range-max", "6").err())
        .contains("range_max = 6");
    Npy.write(npy, Tensor.of(new float[] {1, 2, 3, 4, -5}, 5));
    assertThat(failed("--sampler", "fixed-unigram", "--unigrams", npy).err())
        .contains("unigrams[4]");
  }

  @Test
  void badCounts() throws IOException {
    Path counts = directory.resolve("counts.npy");
    Npy.write(counts, Tensor.of(new long[] {1, 2, 3, 0, 5}, 5));
    assertThat(failed("--sampler", "learned-unigram", "--initial-counts", counts).err())
        .contains("initial_counts[3]");
  }

  @Test
  void nothingIsWrittenWhenDrawingFails() {
    Path ids = directory.resolve("ids.npy");
    Path model = directory.resolve("model.onnx");
    failed("--range-max", 9, "--labels", "9", "--save-ids", ids, "-o", model);
    assertThat(directory).isEmptyDirectory();
    assertThat(failed("--range-max", 9, "--save-ids", directory.resolve("no/ids.npy")).err())
        .contains("no");
  }
}
