package org.ortnce.golden;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.ortnce.tensor.Tensor;

/** models/golden/candidate_samplers/tf_sampling.json; the folder's README describes it. */
public final class RecordedSampling {
  private static final Path FILE =
      Path.of("..", "..", "models", "golden", "candidate_samplers", "tf_sampling.json");

  private List<Kernel> cases;

  @SerializedName("python_seeds")
  private List<SeedTable> seedTables;

  private RecordedSampling() {}

  /** Reads the file. */
  public static RecordedSampling read() throws IOException {
    try (Reader text = Files.newBufferedReader(FILE, StandardCharsets.UTF_8)) {
      return new Gson().fromJson(text, RecordedSampling.class);
    }
  }

  public List<Kernel> kernels() {
    return cases;
  }

  public List<SeedTable> seedTables() {
    return seedTables;
  }

  /** One kernel and its successive calls. */
  public static final class Kernel {
    public String op;
    public Attributes attrs;
    private long[][][] labels;
    private List<Call> calls;

    private Kernel() {}

    public List<Call> calls() {
      return calls;
    }

    /** The true classes of a call, int64 [batch, num_true]. */
    public Tensor trueClasses(int call) {
      return Tensor.of(labels[call]);
    }

    /** Op, number of classes and seeds. */
    @Override
    public String toString() {
      return op
          + (attrs.unique ? " unique " : " ")
          + attrs.numSampled
          + " of "
          + attrs.rangeMax
          + ", seeds "
          + attrs.seed
          + " "
          + attrs.seed2;
    }
  }

  /** The attributes of a kernel; those of other kernels are null. */
  public static final class Attributes {
    @SerializedName("num_true")
    public int numTrue;

    @SerializedName("num_sampled")
    public long numSampled;

    public boolean unique;

    @SerializedName("range_max")
    public long rangeMax;

    public long seed;
    public long seed2;
    public float distortion;

    @SerializedName("num_reserved_ids")
    public long numReservedIds;

    @SerializedName("num_shards")
    public long numShards;

    public long shard;
    public float[] unigrams;

    private Attributes() {}
  }

  /** What one call returned; the counts as bits of floats. */
  public static final class Call {
    public long[] sampled;

    @SerializedName("true_expected_count")
    private String[] trueExpectedCount;

    @SerializedName("sampled_expected_count")
    private String[] sampledExpectedCount;

    private Call() {}

    public float[] trueExpectedCount() {
      return floats(trueExpectedCount);
    }

    public float[] sampledExpectedCount() {
      return floats(sampledExpectedCount);
    }

    private static float[] floats(String[] bits) {
      float[] values = new float[bits.length];
      for (int i = 0; i < bits.length; i++) {
        values[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(bits[i], 16));
      }
      return values;
    }
  }

  /** The attributes that a sequence of ops got for one global seed. */
  public static final class SeedTable {
    @SerializedName("global_seed")
    private Long globalSeed;

    public String mode;

    @SerializedName("op_seeds")
    private Long[] opSeeds;

    public long[][] attrs;

    private SeedTable() {}

    public OptionalLong globalSeed() {
      return optional(globalSeed);
    }

    public int size() {
      return opSeeds.length;
    }

    public OptionalLong opSeed(int op) {
      return optional(opSeeds[op]);
    }

    @Override
    public String toString() {
      return mode + ", global seed " + globalSeed;
    }

    private static OptionalLong optional(Long value) {
      return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
  }
}
