package io.stanzahook.bench;

import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * Decodes stanzas none of whose names was ever seen before: a parser that remembers them gets
 * slower and larger with each. Prints the CPU time of the first thousand (after a warm-up) and of
 * the last, and the heap that is left after a collection at either time.
 *
 * <p>Arguments: {@code stanzas}, {@code warmup}. Ends with 1 if a stanza was not read.
 */
public final class NameFlood {
  private static final int SAMPLE = 1000;
  private static final String HEADER =
      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          + " xmlns='jabber:component:accept' id='x' from='gw.localhost'>";

  private final StreamDecoder decoder =
      new StreamDecoder(Jid.of("gw.localhost"), WireLimits.DEFAULTS, this::on);
  private int received;
  private int next;

  private NameFlood() {
    feed(HEADER);
  }

  private void on(StreamEvent event) {
    received += event instanceof StreamEvent.Received ? 1 : 0;
  }

  private void feed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    decoder.feed(bytes, 0, bytes.length);
  }

  /** CPU time of so many stanzas, each with new names of elements, attributes and prefixes. */
  private long decode(int stanzas) {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < stanzas; i++) {
      int n = next++;
      feed(
          ("<message from='a@b' to='bot@gw.localhost'><p%1$d:e%1$d xmlns:p%1$d='urn:n%1$d'"
                  + " a%1$d='1' p%1$d:b%1$d='2'><f%1$d/></p%1$d:e%1$d></message>")
              .formatted(n));
    }
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
  }

  /** Runs it. */
  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    int warmup = arguments.number("warmup", 20_000);
    int stanzas = arguments.number("stanzas", 200_000);
    NameFlood flood = new NameFlood();
    flood.decode(warmup);
    long heapBefore = heap();
    long first = flood.decode(SAMPLE);
    flood.decode(stanzas - 2 * SAMPLE);
    long last = flood.decode(SAMPLE);
    long heapAfter = heap();
    System.out.printf(
        "{\"first_us\": %d, \"last_us\": %d, \"heap_before_kib\": %d, \"heap_after_kib\": %d}%n",
        first / 1000, last / 1000, heapBefore, heapAfter);
    System.exit(flood.received == warmup + stanzas ? 0 : 1);
  }
}
