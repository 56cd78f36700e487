package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.Reduction;

/** Whole training runs: they learn, stop and resume. */
class TrainerTest {
  @TempDir Path folder;

  @Test
  void everyOptimizerLearns() throws Exception {
    record Choice(Optimizer optimizer, double rate) {}
    for (Choice choice :
        List.of(
            new Choice(Optimizers.sgd(), 2),
            new Choice(Optimizers.momentum(0.9, true), 0.2),
            new Choice(Optimizers.adagrad(), 0.5),
            new Choice(Optimizers.adam(), 0.02))) {
      try (SmallTraining training = new SmallTraining()) {
        Trainer trainer =
            training
                .builder()
                .optimizer(choice.optimizer())
                .learningRate(LearningRateSchedules.constant(choice.rate()))
                .build();
        List<StepReport> reports = new ArrayList<>();
        trainer.trainTo(400, reports::add);
        assertThat(trainer.step()).isEqualTo(400);
        assertThat(reports).hasSize(400);
        assertThat(trainer.losses().size()).isEqualTo(400);
        assertThat(trainer.losses().meanOfLast(50))
            .as("%s", choice.optimizer())
            .isLessThan(0.6 * reports.get(0).loss());
      }
    }
  }

  @Test
  void reportsSayWhatHappened() throws Exception {
    try (SmallTraining training = new SmallTraining()) {
      Trainer trainer =
          training
              .builder()
              .optimizer(Optimizers.sgd())
              .learningRate(step -> 0.5 / (1 + step))
              .clipping(GradientClipping.byGlobalNorm(0.01))
              .build();
      List<StepReport> reports = new ArrayList<>();
      trainer.trainTo(20, reports::add);
      StepReport last = reports.get(19);
      assertThat(last.step()).isEqualTo(19);
      assertThat(last.epoch()).isEqualTo(19 / training.batches.batchesPerEpoch());
      assertThat(last.learningRate()).isEqualTo(0.5 / 20);
      assertThat(last.loss()).isEqualTo(trainer.losses().get(19));
      assertThat(last.sampledCandidates().orElseThrow().shape())
          .containsExactly(SmallTraining.NUM_SAMPLED);
      // An epoch of 1000 examples in batches of 64 ends with 40.
      assertThat(reports.get(15).examples()).isEqualTo(40);
    }
  }

  @Test
  void aResumedRunEndsAsOneThatNeverStopped() throws Exception {
    float[][] straight;
    try (SmallTraining training = new SmallTraining()) {
      Trainer trainer = training.adam().build();
      trainer.trainTo(90, report -> {});
      straight = training.snapshot(trainer);
    }
    for (int stop : new int[] {10, 37, 90}) {
      try (SmallTraining training = new SmallTraining();
          CheckpointDirectory directory = CheckpointDirectory.open(folder)) {
        Trainer trainer = training.adam().checkpoints(directory, 10).build();
        trainer.resume();
        assertThat(trainer.step()).isEqualTo(stop == 10 ? 0 : stop == 37 ? 10 : 37);
        trainer.trainTo(stop, report -> {});
        if (stop == 90) {
          assertThat(training.snapshot(trainer)).isDeepEqualTo(straight);
        }
      }
    }
  }

  @Test
  void otherSettingsAreRefused() throws Exception {
    try (SmallTraining training = new SmallTraining();
        CheckpointDirectory directory = CheckpointDirectory.open(folder)) {
      training.adam().checkpoints(directory, 5).setting("model", "a").build().trainTo(5, r -> {});
      float[] before = training.parameters.get(0).value().toFloatArray();
      Trainer other = training.adam().checkpoints(directory, 5).setting("model", "b").build();
      assertThatThrownBy(other::resume)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("'model: a'", "'model: b'");
      assertThat(training.parameters.get(0).value().toFloatArray()).containsExactly(before);
      assertThat(other.step()).isZero();
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsBeforeTheParametersMove() throws Exception {
    try (SmallTraining training = new SmallTraining();
        CheckpointDirectory directory = CheckpointDirectory.open(folder)) {
      Trainer trainer = training.adam().checkpoints(directory, 3).build();
      trainer.trainTo(3, report -> {});
      trainer.takeStep();
      training.parameters.get(1).value().floats().put(5, Float.NaN);
      assertThatThrownBy(() -> trainer.trainTo(100, report -> {}))
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageContainingAll("the loss is NaN in step ", "learning rate 0.02");
      assertThat(trainer.losses().size()).isEqualTo(trainer.step());
      assertThatThrownBy(trainer::checkpoint)
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageContaining("parameter 'weights' is not finite after");
      try (Checkpoint newest = directory.latest().orElseThrow()) {
        assertThat(newest.step()).isEqualTo(3);
      }
    }
  }

  /** With weights of 0 the loss is finite whatever the embeddings; the sum of gradients is not. */
  @Test
  void aGradientThatIsNotFiniteIsNamed() throws Exception {
    try (SmallTraining training = new SmallTraining(SmallTraining.pairs(), Reduction.SUM)) {
      FloatBuffer embeddings = training.parameters.get(0).value().floats();
      while (embeddings.hasRemaining()) {
        embeddings.put(Float.MAX_VALUE);
      }
      Trainer trainer = training.adam().clipping(GradientClipping.byGlobalNorm(1)).build();
      assertThatThrownBy(trainer::takeStep)
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageMatching(
              "the norm of a gradient is not finite, weights gradient\\[\\d+\\] = -?Infinity in"
                  + " step 0 .*");
      assertThat(training.parameters.get(1).value().toFloatArray()).containsOnly(0f);
    }
  }

  /** A batch that the op refuses: the step is not taken, and the same batch comes again. */
  @Test
  void aRefusedBatchIsNotAStep() throws Exception {
    try (SmallTraining training =
        new SmallTraining(SmallTraining.labelsOutOfRange(), Reduction.MEAN)) {
      Trainer trainer = training.adam().build();
      assertThatThrownBy(() -> trainer.trainTo(100, report -> {}))
          .hasMessageContaining("is outside [0, 50)");
      assertThat(training.batches.position()).isEqualTo(trainer.step());
    }
  }

  @Test
  void wrongUseIsRefused() throws Exception {
    try (SmallTraining training = new SmallTraining();
        CheckpointDirectory directory = CheckpointDirectory.open(folder)) {
      assertThatThrownBy(() -> training.builder().build())
          .isInstanceOf(NullPointerException.class)
          .hasMessage("optimizer");
      assertThatThrownBy(() -> training.builder().checkpoints(directory, 0))
          .hasMessage("everySteps must be >= 1, got 0");
      Trainer without = training.adam().build();
      assertThatThrownBy(without::resume).hasMessage("there is no checkpoint directory");
      assertThatThrownBy(without::checkpoint).hasMessage("there is no checkpoint directory");
      Trainer trainer = training.adam().checkpoints(directory, 2).build();
      assertThat(trainer.resume()).isFalse();
      trainer.takeStep();
      assertThatThrownBy(trainer::resume).hasMessage("resume after 1 steps: expected none");
    }
  }

  /** A checkpoint that cannot be written ends the run with an error and leaves those before. */
  @Test
  void aCheckpointThatCannotBeWrittenIsAnError() throws Exception {
    try (SmallTraining training = new SmallTraining();
        CheckpointDirectory directory = CheckpointDirectory.open(folder)) {
      Trainer trainer = training.adam().checkpoints(directory, 2).build();
      Files.createDirectory(folder.resolve("checkpoint-000000000004.npz"));
      assertThatThrownBy(() -> trainer.trainTo(10, report -> {})).isInstanceOf(IOException.class);
      assertThat(trainer.step()).isEqualTo(4);
      assertThat(folder.resolve("checkpoint-000000000002.npz")).isRegularFile();
    }
  }
}
