package io.stanzahook.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An input: a first line of a few bytes that choose how it is used, and then the data. So a seed is
 * a file that can be read and written by hand.
 */
final class FuzzInput {
  private static final int LONGEST_LINE = 64;

  private final byte[] choices;
  private final byte[] data;

  FuzzInput(byte[] input) {
    int end = 0;
    while (end < input.length && end < LONGEST_LINE && input[end] != '\n') {
      end++;
    }
    boolean hasLine = end < input.length && input[end] == '\n';
    choices = hasLine ? Arrays.copyOf(input, end) : new byte[0];
    data = hasLine ? Arrays.copyOfRange(input, end + 1, input.length) : input;
  }

  /** The byte at that place of the first line as a character, or the default. */
  char choice(int place, char byDefault) {
    return place < choices.length ? (char) (choices[place] & 0xFF) : byDefault;
  }

  /** One of several, by a letter of the first line: a for the first, and so on. */
  <T> T oneOf(int place, List<T> several) {
    return several.get(Math.floorMod(choice(place, 'a') - 'a', several.size()));
  }

  /** The first line from that place on. */
  String choicesFrom(int place) {
    return place >= choices.length
        ? ""
        : new String(choices, place, choices.length - place, StandardCharsets.ISO_8859_1);
  }

  byte[] data() {
    return data;
  }

  /**
   * The data as text: of UTF-16 if the first line says {@code w}, which is how halves of characters
   * get in, else of UTF-8.
   */
  String text(int place) {
    if (choice(place, 'u') != 'w') {
      return new String(data, StandardCharsets.UTF_8);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < data.length; i += 2) {
      text.append((char) ((data[i] & 0xFF) << 8 | (data[i + 1] & 0xFF)));
    }
    return text.toString();
  }

  /** The bytes in pieces, whose sizes are those of the first line's bytes from that place on. */
  List<byte[]> pieces(byte[] bytes, int place) {
    List<byte[]> pieces = new ArrayList<>();
    int at = 0;
    for (int i = place; at < bytes.length; i++) {
      int size = i < choices.length ? choices[i] & 0xFF : bytes.length;
      int end = Math.min(bytes.length, at + size);
      pieces.add(Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return pieces;
  }
}
