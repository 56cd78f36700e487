package org.ortnce.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.corpus.CorpusOptions;
import org.ortnce.cli.corpus.ReadProgress;
import org.ortnce.cli.corpus.TextCorpus;
import org.ortnce.cli.evaluate.Examples;
import org.ortnce.tensor.Tensor;

/** What goes into the models of the demonstration. */
class BaselineTest {
  @TempDir Path directory;

  private Corpus corpus() throws IOException {
    Path file = Files.writeString(directory.resolve("text.txt"), "a b a c\na b");
    return TextCorpus.of(file, CorpusOptions.DEFAULT, ReadProgress.NONE);
  }

  @Test
  void tablesAreNormalAndDependOnTheSeed() {
    Tensor table = Embeddings.normal(1000, 20, 0.5, 3);
    double sum = 0;
    double squares = 0;
    for (float value : table.toFloatArray()) {
      sum += value;
      squares += value * value;
    }
    // Five standard errors of mean and variance.
    assertThat(sum / 20_000).isEqualTo(0, within(5 * 0.5 / Math.sqrt(20_000)));
    assertThat(squares / 20_000).isEqualTo(0.25, within(5 * 0.25 * Math.sqrt(2 / 20_000.0)));
    assertThat(Embeddings.normal(10, 2, 1, 3).toFloatArray())
        .isEqualTo(Embeddings.normal(10, 2, 1, 3).toFloatArray())
        .isNotEqualTo(Embeddings.normal(10, 2, 1, 4).toFloatArray());
    assertThatThrownBy(() -> Embeddings.normal(Integer.MAX_VALUE, 2, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than a Java array holds");
  }

  @Test
  void unigramBiasesAreLogShares() throws IOException {
    List<Baseline> baselines = Baseline.of(corpus().classes(), 4, 1);
    assertThat(baselines).extracting(Baseline::name).containsExactly("random", "unigram");
    Baseline unigram = baselines.get(1);
    // a: 3 of 6, b: 2, c: 1.
    assertThat(unigram.biases().toFloatArray())
        .containsExactly(
            (float) Math.log(0.5), (float) Math.log(2 / 6.0), (float) Math.log(1 / 6.0));
    assertThat(unigram.weights().toFloatArray()).containsOnly(0f).hasSize(12);
    assertThat(baselines.get(0).biases().toFloatArray()).containsOnly(0f);
  }

  @Test
  void examplesAreEmbeddingsOfCentres() throws IOException {
    Corpus corpus = corpus();
    Tensor embeddings = Tensor.of(new float[] {0, 1, 10, 11, 20, 21}, 3, 2);
    CorpusExamples examples = new CorpusExamples(corpus, embeddings);
    assertThat(examples.size()).isEqualTo(corpus.pairCount());
    for (int count = 1; count <= 3; count++) {
      Examples.Batch batch = examples.batch(2, count);
      assertThat(batch.inputs().shape()).containsExactly(count, 2);
      assertThat(batch.labels().shape()).containsExactly(count, 1);
      assertThat(batch.inputs().isDirect()).isTrue();
      for (int i = 0; i < count; i++) {
        assertThat(batch.labels().longs().get(i)).isEqualTo(corpus.classId(2 + i));
        assertThat(batch.inputs().floats().get(2 * i)).isEqualTo(10f * corpus.centre(2 + i));
        assertThat(batch.inputs().floats().get(2 * i + 1))
            .isEqualTo(10f * corpus.centre(2 + i) + 1);
      }
    }
    assertThatThrownBy(() -> new CorpusExamples(corpus, Tensor.of(new float[4], 2, 2)))
        .hasMessage("embeddings are float[2, 2] for 3 centres");
  }
}
