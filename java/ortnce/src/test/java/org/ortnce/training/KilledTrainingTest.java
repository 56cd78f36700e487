package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.ChildJvm;
import org.ortnce.nce.InputLayer;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceNetwork;
import org.ortnce.nce.Reduction;
import org.ortnce.tensor.Npy;
import org.ortnce.tensor.Tensor;

/**
 * A training that is killed by SIGKILL at 20 random moments ends with the weights of one that never
 * stopped, bit for bit. Checkpoints are frequent and not small, so that many kills meet one that is
 * being written.
 */
class KilledTrainingTest {
  private static final int KILLS = 20;
  private static final int STEPS = 1500;
  private static final int CHECKPOINT_EVERY = 10;
  private static final Pattern TOOK = Pattern.compile("took (\\d+) us");

  @TempDir Path folder;

  @Test
  void killedAtTwentyRandomMoments() throws Exception {
    Path straight = Files.createDirectory(folder.resolve("straight"));
    ChildJvm.Outcome whole = ChildJvm.run(Training.class, List.of(), straight.toString());
    assertThat(whole.exitValue()).as(whole.output()).isZero();
    Matcher took = TOOK.matcher(whole.output());
    assertThat(took.find()).as(whole.output()).isTrue();
    // So that a whole training lasts longer than all that will be killed.
    long longestMicros = Long.parseLong(took.group(1)) / KILLS;

    Path killed = Files.createDirectory(folder.resolve("killed"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = ChildJvm.start(Training.class, List.of(), killed.toString());
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        // Before it, a resumed run may log what the killed one left.
        String line = output.readLine();
        while (line != null && !line.startsWith("from ")) {
          line = output.readLine();
        }
        assertThat(line).as("kill %d", kill).isNotNull();
        TimeUnit.MICROSECONDS.sleep(random.nextLong(longestMicros));
        process.destroyForcibly();
        assertThat(process.waitFor()).as("kill %d met a run that was over", kill).isEqualTo(137);
      }
    }
    ChildJvm.Outcome last = ChildJvm.run(Training.class, List.of(), killed.toString());
    assertThat(last.exitValue()).as(last.output()).isZero();
    // It did go on from a checkpoint.
    assertThat(last.output()).contains("from ").doesNotContain("from 0\n");
    for (String name : List.of("embeddings.npy", "weights.npy", "biases.npy")) {
      assertThat(Files.mismatch(straight.resolve(name), killed.resolve(name)))
          .as("%s, seed %d", name, seed)
          .isEqualTo(-1);
    }
    try (var files = Files.list(killed.resolve("checkpoints"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(name -> name.equals(".lock") || name.matches("checkpoint-\\d{12}\\.npz"));
    }
  }

  /** Trains to the end, from a checkpoint if there is one, and writes the parameters. */
  static final class Training {
    private static final int WORDS = 4000;
    private static final int DIM = 64;
    private static final int EXAMPLES = 20_000;

    private Training() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      List<Parameter> parameters =
          List.of(
              Parameter.uniform("embeddings", -0.5 / DIM, 0.5 / DIM, 1, WORDS, DIM),
              Parameter.zeros("weights", WORDS, DIM),
              Parameter.zeros("biases", WORDS));
      NceLossOptions options =
          NceLossOptions.builder().numSampled(16).seed(3, 4).reduction(Reduction.MEAN).build();
      NceNetwork network = NceNetwork.of(InputLayer.embeddings(WORDS, DIM), WORDS);
      Random random = new Random(2);
      Tensor words = Tensor.of(random.longs(EXAMPLES, 0, WORDS).toArray(), EXAMPLES);
      Tensor next = Tensor.of(random.longs(EXAMPLES, 0, WORDS).toArray(), EXAMPLES, 1);
      ShuffledBatches batches =
          ShuffledBatches.builder(
                  TensorExamples.of(java.util.Map.of("input_ids", words, "labels", next)))
              .batchSize(128)
              .seed(9)
              .build();
      try (TrainingSession session =
              TrainingSession.open(network.trainingStep(options), parameters);
          CheckpointDirectory directory = CheckpointDirectory.open(folder.resolve("checkpoints"))) {
        Trainer trainer =
            Trainer.builder(session, batches)
                .optimizer(Optimizers.adam())
                .learningRate(LearningRateSchedules.constant(0.01))
                .checkpoints(directory, CHECKPOINT_EVERY)
                .build();
        trainer.resume();
        System.out.println("from " + trainer.step());
        long begin = System.nanoTime();
        trainer.trainTo(STEPS, report -> {});
        System.out.println("took " + (System.nanoTime() - begin) / 1000 + " us");
      }
      for (Parameter parameter : parameters) {
        Npy.write(folder.resolve(parameter.name() + ".npy"), parameter.value());
      }
    }
  }
}
