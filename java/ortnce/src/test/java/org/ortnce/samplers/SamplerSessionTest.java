package org.ortnce.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.samplers.Samplers.example;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.SamplerModels;
import org.ortnce.nce.SamplerOptions;
import org.ortnce.session.SamplerSession;
import org.ortnce.tensor.Tensor;

/** What a sampler session takes and refuses. */
class SamplerSessionTest {
  private static final SamplerOptions OPTIONS = Samplers.options(4, true).build();

  @TempDir Path directory;

  @Test
  void opensFiles() throws Exception {
    Path file = directory.resolve("sampler.onnx");
    SamplerModels.uniform(OPTIONS, false).save(file);
    try (SamplerSession session = SamplerSession.open(file)) {
      assertThat(session.sample(example(1)).sampledCandidates().shape()).containsExactly(4);
      assertThat(session.model().inputs()).containsOnlyKeys("true_classes");
    }
  }

  @Test
  void steps() throws Exception {
    try (SamplerSession session = Samplers.open(SamplerModels.uniform(OPTIONS, true))) {
      assertThat(session.takesStep()).isTrue();
      assertThatThrownBy(() -> session.sample(example(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("missing input 'step'");
      assertThatThrownBy(() -> session.sample(example(1), -1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("step is -1, expected 0 or more");
      assertThatThrownBy(() -> session.skip(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("step");
    }
    try (SamplerSession session = Samplers.open(SamplerModels.uniform(OPTIONS, false))) {
      assertThat(session.takesStep()).isFalse();
      assertThatThrownBy(() -> session.sample(example(1), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unknown input 'step'");
      assertThatThrownBy(() -> session.skip(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("runs is -1, expected 0 or more");
      assertThatThrownBy(() -> session.sample(null)).hasMessage("trueClasses");
      assertThatThrownBy(() -> session.sample(example(1, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("true_classes");
    }
  }

  @Test
  void otherModelsAreRefused() {
    OutputLayer layer = OutputLayer.of(Tensor.of(new float[6], 3, 2), null);
    byte[] loss = NceModels.trainingLoss(layer, NceLossOptions.ofNumSampled(2)).toByteArray();
    assertThatThrownBy(() -> SamplerSession.open(loss, Samplers.QUIET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a candidate sampler model: it has no input 'true_classes'");
  }

  @Test
  void closed() throws Exception {
    SamplerSession session = Samplers.open(SamplerModels.learnedUnigram(OPTIONS));
    session.close();
    session.close();
    assertThatThrownBy(() -> session.sample(example(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session is closed");
    assertThatThrownBy(session::counts)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session is closed");
  }
}
