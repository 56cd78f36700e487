package org.ortnce.training;

import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.ortnce.nce.SplitTrainingStep;

/**
 * The classes that a batch touches, and the batch in terms of their places among them. They are in
 * ascending order: sums over the classes of a batch keep theirs.
 */
final class TouchedClasses {
  private final long[] ids;
  private final long[] labels;
  private final long[] candidates;

  private TouchedClasses(long[] ids, long[] labels, long[] candidates) {
    this.ids = ids;
    this.labels = labels;
    this.candidates = candidates;
  }

  /**
   * Finds them.
   *
   * @param ignoreIndex the label that is padding, if there is one
   */
  static TouchedClasses of(LongBuffer labels, LongBuffer candidates, OptionalLong ignoreIndex) {
    long[] ofLabels = new long[labels.remaining()];
    long[] ofCandidates = new long[candidates.remaining()];
    int all = ofLabels.length + ofCandidates.length;
    // Class and position in one number: one sort finds the classes and who has them.
    long[] sorted = new long[all];
    int count = 0;
    for (int i = 0; i < ofLabels.length; i++) {
      long label = labels.get(labels.position() + i);
      if (isIgnored(label, ignoreIndex)) {
        ofLabels[i] = SplitTrainingStep.IGNORED;
      } else {
        sorted[count++] = Math.addExact(Math.multiplyExact(label, (long) all), i);
      }
    }
    for (int i = 0; i < ofCandidates.length; i++) {
      long id = candidates.get(candidates.position() + i);
      sorted[count++] =
          Math.addExact(Math.multiplyExact(id, (long) all), (long) ofLabels.length + i);
    }
    Arrays.sort(sorted, 0, count);
    long[] ids = new long[count];
    int place = -1;
    for (int i = 0; i < count; i++) {
      long id = sorted[i] / all;
      if (place < 0 || id != ids[place]) {
        ids[++place] = id;
      }
      int position = (int) (sorted[i] - id * all);
      if (position < ofLabels.length) {
        ofLabels[position] = place;
      } else {
        ofCandidates[position - ofLabels.length] = place;
      }
    }
    return new TouchedClasses(Arrays.copyOf(ids, place + 1), ofLabels, ofCandidates);
  }

  static boolean isIgnored(long label, OptionalLong ignoreIndex) {
    return ignoreIndex.isPresent() && label == ignoreIndex.getAsLong();
  }

  /** The counted labels and the candidates, ascending, each once; not a copy. */
  long[] ids() {
    return ids;
  }

  /** The places of the labels, and {@link SplitTrainingStep#IGNORED} for padding. */
  long[] labels() {
    return labels;
  }

  /** The places of the candidates. */
  long[] candidates() {
    return candidates;
  }
}
