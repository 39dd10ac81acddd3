package io.stanzahook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

class ByteClassTest {

  /** It stops at the first byte that is not plain, white space, or among the last seven. */
  @Property
  void passesOverTheSameAsByteByByte(
      @ForAll("mostlyPlain") byte[] data, @ForAll @IntRange(max = 9) int start) {
    int begin = Math.min(start, data.length);
    int text = ByteClass.passText(data, begin, data.length);
    int value = ByteClass.passValue(data, begin, data.length);

    assertThat(text).isEqualTo(expected(data, begin, true));
    assertThat(value).isEqualTo(expected(data, begin, false));
  }

  private static int expected(byte[] data, int begin, boolean text) {
    int i = begin;
    int lastGroup = begin + (data.length - begin) / 8 * 8;
    while (i < lastGroup) {
      boolean plain = text ? ByteClass.isPlainText(data[i]) : ByteClass.isPlainValue(data[i]);
      if (!plain || data[i] < ' ') {
        return i;
      }
      i++;
    }
    return i;
  }

  @Provide
  Arbitrary<byte[]> mostlyPlain() {
    Arbitrary<Byte> plain = Arbitraries.bytes().between((byte) 'a', (byte) 'z');
    return Arbitraries.frequencyOf(Tuple.of(12, plain), Tuple.of(1, Arbitraries.bytes()))
        .array(byte[].class)
        .ofMaxSize(40);
  }
}
