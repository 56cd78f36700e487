package org.ortnce.cli.inspect;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A profile that ONNX Runtime wrote: an array of trace events, of which we read those of nodes. */
final class Profile {
  private static final String KERNEL = "_kernel_time";

  private Profile() {}

  /**
   * A node that ran.
   *
   * @param name its name, or the one ONNX Runtime gave to a node of its own
   * @param op its operator
   * @param provider the execution provider that ran it, by ONNX Runtime's name
   * @param microseconds how long the call of its kernel took; a device may work on after it
   */
  record NodeRun(String name, String op, String provider, long microseconds) {}

  /**
   * Reads the nodes in the order they ran, once for every run.
   *
   * @throws IOException if the file cannot be read or is no profile
   */
  static List<NodeRun> read(Path file) throws IOException {
    List<NodeRun> nodes = new ArrayList<>();
    try (JsonReader in = new JsonReader(Files.newBufferedReader(file))) {
      in.beginArray();
      while (in.hasNext()) {
        Event event = Event.read(in);
        if (event.isKernel()) {
          nodes.add(event.node());
        }
      }
      in.endArray();
    } catch (IllegalStateException | NumberFormatException e) {
      throw new IOException(file + " is no profile of ONNX Runtime: " + e.getMessage(), e);
    }
    return nodes;
  }

  /** What is read of one event. */
  private static final class Event {
    private String category = "";
    private String name = "";
    private String op = "";
    private String provider = "";
    private long microseconds;

    static Event read(JsonReader in) throws IOException {
      Event event = new Event();
      in.beginObject();
      while (in.hasNext()) {
        switch (in.nextName()) {
          case "cat" -> event.category = in.nextString();
          case "name" -> event.name = in.nextString();
          case "dur" -> event.microseconds = in.nextLong();
          case "args" -> event.readArguments(in);
          default -> in.skipValue();
        }
      }
      in.endObject();
      return event;
    }

    private void readArguments(JsonReader in) throws IOException {
      in.beginObject();
      while (in.hasNext()) {
        String argument = in.nextName();
        if (argument.equals("op_name") && in.peek() == JsonToken.STRING) {
          op = in.nextString();
        } else if (argument.equals("provider") && in.peek() == JsonToken.STRING) {
          provider = in.nextString();
        } else {
          in.skipValue();
        }
      }
      in.endObject();
    }

    boolean isKernel() {
      return category.equals("Node") && name.endsWith(KERNEL) && !provider.isEmpty();
    }

    NodeRun node() {
      String node = name.substring(0, name.length() - KERNEL.length());
      return new NodeRun(node, op, provider, microseconds);
    }
  }
}
