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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.ortnce.onnx.proto.ModelProto;
import org.ortnce.onnx.proto.StringStringEntryProto;

/**
 * SHA-256 sums of a model and its data files, in {@code metadata_props}: they are replaced in one
 * step with the model they are of, as a file beside it would not be.
 *
 * <p>{@code ortnce.sha256:<location>} is the sum of a data file. {@code ortnce.sha256} is that of
 * the model file itself, computed with 64 zeros in the place of the sum.
 */
final class ModelManifest {
  static final String MODEL_KEY = "ortnce.sha256";
  private static final String ZEROS = "0".repeat(64);
  private static final int PIECE = 1 << 16;

  private ModelManifest() {}

  static String fileKey(String location) {
    return MODEL_KEY + ":" + location;
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

  /**
   * The model with these sums, and its own, in the place of those it may have had.
   *
   * @param files the sums of the data files by location
   */
  static OnnxModel signed(OnnxModel model, Map<String, String> files) throws IOException {
    ModelProto.Builder proto = model.proto().toBuilder();
    List<StringStringEntryProto> kept =
        proto.getMetadataPropsList().stream()
            .filter(entry -> !entry.getKey().startsWith(MODEL_KEY))
            .toList();
    proto.clearMetadataProps().addAllMetadataProps(kept);
    files.forEach((location, sum) -> proto.addMetadataProps(pair(fileKey(location), sum)));
    int own = proto.getMetadataPropsCount();
    proto.addMetadataProps(pair(MODEL_KEY, ZEROS));
    MessageDigest digest = newDigest();
    model
        .withProto(proto.build())
        .writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    return model.withProto(proto.setMetadataProps(own, pair(MODEL_KEY, hex(digest))).build());
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** The bytes of one model, to be read more than once; whoever gives them closes them. */
  interface Bytes {
    InputStream fromStart() throws IOException;
  }

  /**
   * Compares a model and its data files with the sums in the model.
   *
   * @param source what to call the model in messages
   */
  static void verify(Bytes model, Path directory, String source) throws IOException {
    ModelScan scan;
    try {
      scan = ModelScan.of(model.fromStart());
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(source + ": is not an ONNX model: " + e.getMessage(), e);
    }
    Map<String, ModelScan.Metadata> pairs = new HashMap<>();
    for (ModelScan.Metadata pair : scan.metadata()) {
      if (pairs.put(pair.key(), pair) != null) {
        throw new IOException(source + ": has a key of metadata_props twice");
      }
    }
    ModelScan.Metadata own = pairs.get(MODEL_KEY);
    if (own == null || own.value().length() != ZEROS.length()) {
      throw new IOException(
          source
              + ": has no SHA-256 sum to verify: it was saved without one, or is damaged (models"
              + " saved with ExternalDataOptions have it)");
    }
    String found = sumWithZeros(model, own.valueAt());
    if (!found.equals(own.value())) {
      throw new IOException(
          source + ": is damaged: its SHA-256 sum is " + found + ", expected " + own.value());
    }
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
      String is = sumOf(file.getValue());
      if (sum == null || !is.equals(sum.value())) {
        throw new IOException(
            source
                + ": its data file '"
                + file.getKey()
                + "' is damaged: its SHA-256 sum is "
                + is
                + ", expected "
                + (sum == null ? "none" : sum.value()));
      }
    }
  }

  private static String sumWithZeros(Bytes model, long zerosAt) throws IOException {
    MessageDigest digest = newDigest();
    byte[] piece = new byte[PIECE];
    InputStream in = model.fromStart();
    copy(in, zerosAt, piece, digest);
    in.skipNBytes(ZEROS.length());
    digest.update(ZEROS.getBytes(StandardCharsets.US_ASCII));
    copy(in, Long.MAX_VALUE, piece, digest);
    return hex(digest);
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
