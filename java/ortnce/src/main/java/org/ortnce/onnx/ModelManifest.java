package org.ortnce.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ortnce.io.AtomicFile;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.StringStringEntryProto;

/**
 * SHA-256 sums of a model and its data files, in {@code metadata_props}: they are replaced in one
 * step with the model they are of, as a file beside it would not be.
 *
 * <p>{@code ortnce.sha256:<location>} is the sum of a data file. {@code ortnce.sha256} is that of
 * the model file: of all its bytes but these pairs, and then of the other pairs here. They stand at
 * the beginning of the file, so that none that is cut off is without them; tools that write them
 * elsewhere do no harm. {@code ortnce.manifest} tells a model that has lost its sum from one that
 * never had it.
 */
final class ModelManifest {
  static final String MODEL_KEY = "ortnce.sha256";
  private static final String VERSION_KEY = "ortnce.manifest";
  private static final String VERSION = "1";
  private static final int SUM_LENGTH = 64;
  private static final int PIECE = 1 << 16;

  /** At most so many bytes that a signed model has and the model has not. */
  static final int SIZE = 128;

  private ModelManifest() {}

  static String fileKey(String location) {
    return MODEL_KEY + ":" + location;
  }

  private static boolean isOurs(String key) {
    return key.equals(MODEL_KEY) || key.equals(VERSION_KEY) || key.startsWith(MODEL_KEY + ":");
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The sum of a file. */
  static String sumOf(Path file) throws IOException {
    MessageDigest digest = newDigest();
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    }
    return hex(digest);
  }

  /** A model of nothing but the pairs of the manifest, its own sum first; maybe empty. */
  static ModelProto pairsOf(ModelProto model) {
    return ModelProto.newBuilder()
        .addAllMetadataProps(
            model.getMetadataPropsList().stream()
                .filter(pair -> isOurs(pair.getKey()))
                .sorted(Comparator.comparing(StringStringEntryProto::getKey))
                .sorted(Comparator.comparing(pair -> !pair.getKey().equals(MODEL_KEY)))
                .toList())
        .build();
  }

  /** The model without the pairs of a manifest. */
  static ModelProto withoutPairs(ModelProto model) {
    if (model.getMetadataPropsList().stream().noneMatch(pair -> isOurs(pair.getKey()))) {
      return model;
    }
    List<StringStringEntryProto> kept =
        model.getMetadataPropsList().stream().filter(pair -> !isOurs(pair.getKey())).toList();
    return model.toBuilder().clearMetadataProps().addAllMetadataProps(kept).build();
  }

  /**
   * The model with the sums of its data files, to be written by {@link #writeSigned}.
   *
   * @param files the sums by location
   */
  static OnnxModel withFileSums(OnnxModel model, Map<String, String> files) {
    ModelProto.Builder proto = withoutPairs(model.proto()).toBuilder();
    files.forEach((location, sum) -> proto.addMetadataProps(pair(fileKey(location), sum)));
    return model.withProto(proto.build());
  }

  /**
   * Writes a model with its own sum, which is known, and returned, when the rest is written.
   *
   * @return the sum, and where in {@code out} it belongs
   */
  static AtomicFile.Patch writeSigned(OnnxModel model, OutputStream out) throws IOException {
    List<StringStringEntryProto> others =
        new ArrayList<>(pairsOf(model.proto()).getMetadataPropsList());
    others.removeIf(pair -> pair.getKey().equals(MODEL_KEY) || pair.getKey().equals(VERSION_KEY));
    others.add(0, pair(VERSION_KEY, VERSION));
    ModelProto own =
        ModelProto.newBuilder().addMetadataProps(pair(MODEL_KEY, "0".repeat(SUM_LENGTH))).build();
    own.writeTo(out);
    ModelProto.newBuilder().addAllMetadataProps(others).build().writeTo(out);
    MessageDigest digest = newDigest();
    model.withProto(withoutPairs(model.proto())).writeTo(new DigestOutputStream(out, digest));
    Map<String, String> sums = new TreeMap<>();
    others.forEach(pair -> sums.put(pair.getKey(), pair.getValue()));
    return new AtomicFile.Patch(own.getSerializedSize() - SUM_LENGTH, finish(digest, sums));
  }

  /** The sum of what was digested and of these pairs. */
  private static String finish(MessageDigest digest, Map<String, String> pairs) {
    pairs.forEach(
        (key, value) -> digest.update((key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
    return hex(digest);
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** The bytes of one model, to be read more than once; whoever gives them closes them. */
  interface Bytes {
    InputStream fromStart() throws IOException;
  }

  /** Scans what must be a model. */
  static ModelScan scan(Bytes model, String source) throws IOException {
    try {
      return ModelScan.of(model.fromStart());
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(source + ": is not an ONNX model: " + e.getMessage(), e);
    }
  }

  /**
   * Compares a model with its own sum, if it has one.
   *
   * @param source what to call the model in messages
   * @throws IOException if it differs, or the model has only a part of a manifest
   */
  static void verifyOwn(ModelScan scan, Bytes model, String source) throws IOException {
    Map<String, ModelScan.Metadata> pairs = pairs(scan, source);
    if (!pairs.isEmpty()) {
      verifyOwn(model, pairs, source);
    }
  }

  /**
   * Compares a model and its data files with the sums in the model.
   *
   * @param source what to call the model in messages
   */
  static void verify(ModelScan scan, Bytes model, Path directory, String source)
      throws IOException {
    Map<String, ModelScan.Metadata> pairs = pairs(scan, source);
    if (pairs.isEmpty()) {
      throw new IOException(
          source
              + ": has no SHA-256 sum to verify: it was not saved by OnnxModel.save, or is damaged");
    }
    verifyOwn(model, pairs, source);
    Map<String, Path> files = new HashMap<>();
    for (ExternalTensor tensor : scan.external()) {
      try {
        files.put(tensor.place().location(), ExternalDataFiles.region(tensor, directory).file());
      } catch (IOException e) {
        throw new IOException(source + ": " + e.getMessage(), e);
      }
    }
    for (Map.Entry<String, Path> file : files.entrySet()) {
      ModelScan.Metadata sum = pairs.get(fileKey(file.getKey()));
      if (sum == null) {
        throw new IOException(
            source
                + ": has no SHA-256 sum of its data file '"
                + file.getKey()
                + "' to verify: save it with ExternalDataOptions");
      }
      String is = sumOf(file.getValue());
      if (!is.equals(sum.value())) {
        throw new IOException(
            source
                + ": its data file '"
                + file.getKey()
                + "' is damaged: its SHA-256 sum is "
                + is
                + ", expected "
                + sum.value());
      }
    }
  }

  /** The pairs of the manifest by key. */
  private static Map<String, ModelScan.Metadata> pairs(ModelScan scan, String source)
      throws IOException {
    Map<String, ModelScan.Metadata> pairs = new TreeMap<>();
    for (ModelScan.Metadata pair : scan.metadata()) {
      if (isOurs(pair.key()) && pairs.put(pair.key(), pair) != null) {
        throw new IOException(source + ": has a SHA-256 sum of one thing twice");
      }
    }
    return pairs;
  }

  private static void verifyOwn(Bytes model, Map<String, ModelScan.Metadata> pairs, String source)
      throws IOException {
    ModelScan.Metadata own = pairs.get(MODEL_KEY);
    ModelScan.Metadata version = pairs.get(VERSION_KEY);
    if (own == null || version == null || !version.value().equals(VERSION)) {
      throw new IOException(
          source
              + ": is damaged: of the metadata "
              + MODEL_KEY
              + " and "
              + VERSION_KEY
              + " = "
              + VERSION
              + " it has "
              + (own == null ? "no sum" : "a sum")
              + " and "
              + (version == null ? "no version" : "version '" + version.value() + "'"));
    }
    MessageDigest digest = newDigest();
    digestOthers(model, pairs.values(), digest);
    Map<String, String> others = new TreeMap<>();
    pairs.forEach((key, pair) -> others.put(key, pair.value()));
    others.remove(MODEL_KEY);
    String found = finish(digest, others);
    if (!found.equals(own.value())) {
      throw new IOException(
          source
              + ": is damaged, or was changed since it was saved: its SHA-256 sum is "
              + found
              + ", expected "
              + own.value()
              + " (a tool that changes a model should drop the metadata "
              + MODEL_KEY
              + " and "
              + VERSION_KEY
              + ")");
    }
  }

  /** Digests all bytes of a model but those of these pairs. */
  private static void digestOthers(
      Bytes model, Collection<ModelScan.Metadata> pairs, MessageDigest digest) throws IOException {
    byte[] piece = new byte[PIECE];
    InputStream in = model.fromStart();
    long at = 0;
    for (ModelScan.Metadata pair :
        pairs.stream().sorted(Comparator.comparingInt(ModelScan.Metadata::begin)).toList()) {
      copy(in, pair.begin() - at, piece, digest);
      in.skipNBytes(pair.end() - pair.begin());
      at = pair.end();
    }
    copy(in, Long.MAX_VALUE, piece, digest);
  }

  private static void copy(InputStream in, long count, byte[] piece, MessageDigest digest)
      throws IOException {
    for (long left = count; left > 0; ) {
      int read = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (read < 0) {
        return;
      }
      digest.update(piece, 0, read);
      left -= read;
    }
  }
}
