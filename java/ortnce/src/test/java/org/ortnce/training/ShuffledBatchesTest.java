package org.ortnce.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Example i has the id i, the features (i, -i) and the labels (2i, 2i + 1, 2i + 2). */
class ShuffledBatchesTest {
  static TensorExamples examples(int size) {
    float[] features = new float[2 * size];
    int[] labels = new int[3 * size];
    for (int i = 0; i < size; i++) {
      features[2 * i] = i;
      features[2 * i + 1] = -i;
      for (int j = 0; j < 3; j++) {
        labels[3 * i + j] = 2 * i + j;
      }
    }
    Map<String, Tensor> columns = new LinkedHashMap<>();
    columns.put("ids", Tensor.of(LongStream.range(0, size).toArray(), size));
    columns.put("features", Tensor.of(features, size, 2));
    columns.put("labels", Tensor.of(labels, size, 3));
    return TensorExamples.of(columns);
  }

  private static ShuffledBatches.Builder builder(int size) {
    return ShuffledBatches.builder(examples(size)).batchSize(7).blockSize(4).windowSize(20);
  }

  /** The ids of an epoch's batches; checks the other columns and the numbering on the way. */
  private static long[][] epoch(ShuffledBatches batches) throws IOException {
    long[][] ids = new long[(int) batches.batchesPerEpoch()][];
    for (int i = 0; i < ids.length; i++) {
      assertThat(batches.position() % ids.length).isEqualTo(i);
      long epoch = batches.position() / ids.length;
      Batch batch = batches.next();
      assertThat(batch.epoch()).isEqualTo(epoch);
      assertThat(batch.indexInEpoch()).isEqualTo(i);
      ids[i] = ids(batch);
    }
    return ids;
  }

  private static long[] ids(Batch batch) {
    long[] ids = batch.columns().get("ids").toLongArray();
    Tensor features = batch.columns().get("features");
    Tensor labels = batch.columns().get("labels");
    assertThat(batch.columns().values()).allMatch(Tensor::isDirect);
    assertThat(batch.size()).isEqualTo(ids.length);
    assertThat(features.shape()).containsExactly(ids.length, 2);
    assertThat(labels.elementType()).isEqualTo(ElementType.INT32);
    for (int i = 0; i < ids.length; i++) {
      assertThat(features.floats().get(2 * i)).isEqualTo((float) ids[i]);
      assertThat(features.floats().get(2 * i + 1)).isEqualTo((float) -ids[i]);
      assertThat(labels.ints().get(3 * i + 2)).isEqualTo((int) (2 * ids[i] + 2));
    }
    return ids;
  }

  private static long[] flat(long[][] batches) {
    return Arrays.stream(batches).flatMapToLong(Arrays::stream).toArray();
  }

  private static long[] sorted(long[] ids) {
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** Sizes around blocks of 4, windows of 20 and batches of 7; one block, one window, many. */
  @ParameterizedTest
  @CsvSource({"1", "3", "4", "5", "7", "8", "19", "20", "21", "24", "25", "40", "41", "97", "1000"})
  void everyExampleOnceInEveryEpoch(int size) throws IOException {
    for (long seed = 0; seed < 5; seed++) {
      ShuffledBatches batches = builder(size).seed(seed).build();
      assertThat(batches.batchesPerEpoch()).isEqualTo((size + 6) / 7);
      for (int epoch = 0; epoch < 4; epoch++) {
        long[][] ids = epoch(batches);
        assertThat(sorted(flat(ids))).isEqualTo(LongStream.range(0, size).toArray());
        for (int i = 0; i < ids.length - 1; i++) {
          assertThat(ids[i]).hasSize(7);
        }
      }
    }
  }

  @Test
  void theRemainderCanBeDropped() throws IOException {
    ShuffledBatches batches = builder(97).dropRemainder(true).build();
    assertThat(batches.batchesPerEpoch()).isEqualTo(13);
    for (int epoch = 0; epoch < 3; epoch++) {
      long[][] ids = epoch(batches);
      assertThat(Arrays.stream(ids)).allMatch(batch -> batch.length == 7);
      assertThat(flat(ids)).doesNotHaveDuplicates();
    }
    // What is kept is the beginning of the same order.
    ShuffledBatches whole = builder(97).build();
    assertThat(flat(epoch(builder(97).dropRemainder(true).build())))
        .isEqualTo(Arrays.copyOf(flat(epoch(whole)), 91));
    assertThat(builder(98).dropRemainder(true).build().batchesPerEpoch()).isEqualTo(14);
  }

  @Test
  void aSoughtStreamGoesOnAsAWalkedOne() throws IOException {
    for (int size : new int[] {5, 20, 41, 97}) {
      ShuffledBatches walked = builder(size).seed(9).build();
      List<long[]> all = new ArrayList<>();
      for (int step = 0; step < 60; step++) {
        all.add(ids(walked.next()));
      }
      ShuffledBatches sought = builder(size).seed(9).build();
      for (int step : new int[] {59, 0, 13, 14, 12, 1, 30, 31, 58}) {
        sought.seek(step);
        assertThat(sought.position()).isEqualTo(step);
        assertThat(ids(sought.next())).isEqualTo(all.get(step));
        assertThat(sought.position()).isEqualTo(step + 1);
      }
    }
  }

  @Test
  void epochsAndSeedsDiffer() throws IOException {
    ShuffledBatches batches = builder(97).seed(1).build();
    long[] first = flat(epoch(batches));
    assertThat(flat(epoch(batches))).isNotEqualTo(first);
    assertThat(flat(epoch(builder(97).seed(2).build()))).isNotEqualTo(first);
    assertThat(flat(epoch(builder(97).seed(1).build()))).isEqualTo(first);
    assertThat(first).isNotEqualTo(sorted(first));
  }

  /** What an independent implementation gives: a resumed training must see the same order. */
  @Test
  void theOrderIsForEver() throws IOException {
    assertThat(flat(epoch(builder(41).seed(3).build()))).containsExactly(ORDER);
  }

  private static final long[] ORDER = {
    28, 38, 37, 25, 34, 32, 5, 24, 39, 33, 4, 6, 7, 26, 35, 29, 27, 36, 30, 31, 9, 8, 15, 11, 18,
    13, 22, 23, 10, 40, 17, 20, 12, 16, 19, 21, 14, 0, 2, 3, 1
  };

  /** A window of 20 holds 5 whole blocks; no id comes before or after its window. */
  @Test
  void windowsAreMadeOfWholeBlocks() throws IOException {
    long[] ids = flat(epoch(builder(200).build()));
    boolean far = false;
    for (int window = 0; window < 10; window++) {
      long[] some = Arrays.copyOfRange(ids, 20 * window, 20 * window + 20);
      long[] blocks = Arrays.stream(some).map(id -> id / 4).distinct().toArray();
      assertThat(blocks).hasSize(5);
      long[] sorted = sorted(blocks);
      far |= sorted[4] - sorted[0] > 4;
    }
    assertThat(far).as("blocks of a window come from everywhere").isTrue();
  }

  /** Over 4000 seeds each of 6 examples is at each place 667 +- 118 (5 standard deviations). */
  @Test
  void aSourceOfOneWindowIsShuffledUniformly() throws IOException {
    int[][] counts = new int[6][6];
    for (int seed = 0; seed < 4000; seed++) {
      long[] ids = flat(epoch(builder(6).seed(seed).build()));
      for (int place = 0; place < 6; place++) {
        counts[place][(int) ids[place]]++;
      }
    }
    for (int[] place : counts) {
      for (int count : place) {
        assertThat(count).isBetween(667 - 118, 667 + 118);
      }
    }
  }

  @Test
  void unshuffledBatchesKeepTheOrder() throws IOException {
    ShuffledBatches batches = builder(97).shuffle(false).seed(5).build();
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(flat(epoch(batches))).isEqualTo(LongStream.range(0, 97).toArray());
    }
  }

  @Test
  void buffersAreReused() throws IOException {
    ShuffledBatches batches = builder(97).build();
    Tensor first = batches.next().columns().get("ids");
    long[] before = first.toLongArray();
    Tensor second = batches.next().columns().get("ids");
    assertThat(second).isSameAs(first);
    assertThat(second.toLongArray()).isNotEqualTo(before);
  }

  /** A failing read is tried again by the next call; no batch is lost or mixed up. */
  @Test
  void aFailedReadChangesNothing() throws IOException {
    TensorExamples good = examples(97);
    boolean[] broken = {false};
    ExampleSource source =
        new ExampleSource() {
          @Override
          public List<ExampleColumn> columns() {
            return good.columns();
          }

          @Override
          public long size() {
            return good.size();
          }

          @Override
          public void read(int column, long first, ByteBuffer target) throws IOException {
            if (broken[0]) {
              throw new IOException("unplugged");
            }
            good.read(column, first, target);
          }

          @Override
          public void close() {}
        };
    ShuffledBatches batches =
        ShuffledBatches.builder(source).batchSize(7).blockSize(4).windowSize(20).build();
    ShuffledBatches sound = builder(97).build();
    for (int step = 0; step < 30; step++) {
      broken[0] = true;
      try {
        assertThat(ids(batches.next())).isEqualTo(ids(sound.next()));
      } catch (IOException e) {
        assertThat(e).hasMessage("unplugged");
        assertThat(batches.position()).isEqualTo(step);
        broken[0] = false;
        assertThat(ids(batches.next())).isEqualTo(ids(sound.next()));
      }
    }
  }

  @Test
  void badSettings() {
    assertThatThrownBy(() -> builder(5).batchSize(0)).hasMessageContaining("batchSize is 0");
    assertThatThrownBy(() -> builder(5).blockSize(-1)).hasMessageContaining("blockSize is -1");
    assertThatThrownBy(() -> builder(5).windowSize(0)).hasMessageContaining("windowSize is 0");
    assertThatThrownBy(() -> builder(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the source has 0 examples: not one batch of 7");
    assertThatThrownBy(() -> builder(5).dropRemainder(true).build())
        .hasMessageContaining("the source has 5 examples");
    ShuffledBatches batches = builder(5).build();
    assertThatThrownBy(() -> batches.seek(-1)).hasMessageContaining("step is -1");
    assertThat(batches)
        .hasToString(
            "ShuffledBatches[examples=5, batchSize=7, shuffle=true, seed=0, blockSize=4,"
                + " windowSize=20, dropRemainder=false]");
  }

  /** Nothing of such a source is read or allocated. */
  @Test
  void windowsThatNoBufferHolds() {
    ExampleColumn wide = new ExampleColumn("features", ElementType.FLOAT, List.of(1L << 20));
    ExampleSource huge =
        new ExampleSource() {
          @Override
          public List<ExampleColumn> columns() {
            return List.of(wide);
          }

          @Override
          public long size() {
            return 1L << 40;
          }

          @Override
          public void read(int column, long first, ByteBuffer target) {
            throw new AssertionError();
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> ShuffledBatches.builder(huge).windowSize(512).blockSize(1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("to order");
    assertThatThrownBy(() -> ShuffledBatches.builder(huge).windowSize(512).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("windowSize: 1024 examples of column features float[1048576]");
  }
}
