package org.ortnce.cli.demo;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.ortnce.cli.corpus.Corpus;
import org.ortnce.cli.evaluate.Examples;
import org.ortnce.tensor.Tensor;

/** The pairs of a corpus as examples: the embedding of the centre, and the class as its label. */
final class CorpusExamples implements Examples {
  private final Corpus corpus;
  private final FloatBuffer embeddings;
  private final int dim;
  private FloatBuffer inputs = FloatBuffer.allocate(0);
  private LongBuffer labels = LongBuffer.allocate(0);

  /** Examples of all pairs; {@code embeddings} has a row for each centre. */
  CorpusExamples(Corpus corpus, Tensor embeddings) {
    if (embeddings.dim(0) != corpus.centres().size()) {
      throw new IllegalArgumentException(
          "embeddings are " + embeddings + " for " + corpus.centres().size() + " centres");
    }
    this.corpus = corpus;
    this.embeddings = embeddings.floats();
    this.dim = (int) embeddings.dim(1);
  }

  @Override
  public long size() {
    return corpus.pairCount();
  }

  @Override
  public Batch batch(long from, int count) {
    if (labels.capacity() < count) {
      // Direct buffers: ONNX Runtime reads them in place.
      inputs = Tensor.allocateFloats(count, dim).floats();
      labels = Tensor.allocateLongs(count).longs();
    }
    for (int i = 0; i < count; i++) {
      int pair = (int) from + i;
      inputs.put(i * dim, embeddings, corpus.centre(pair) * dim, dim);
      labels.put(i, corpus.classId(pair));
    }
    return new Batch(
        Tensor.of(inputs.slice(0, count * dim), count, dim),
        Tensor.of(labels.slice(0, count), count, 1));
  }
}
