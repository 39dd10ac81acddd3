package io.stanzahook.cluster;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.RoomPlace;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of records. Each begins with a byte that says its version; one of another version is
 * not read. Texts are UTF-8 behind their length.
 */
final class Codec {
  static final int VERSION = 1;

  /** The maximum number of stanzas in a set of replies. */
  static final int MAX_STANZAS = 10_000;

  private static final int REDELIVERED = 1;
  private static final int LATE = 2;
  private static final int LANG = 4;
  private static final int PLACE = 8;
  private static final int NICK = 16;

  private Codec() {}

  /** A dead letter as it stands in the log. */
  record Dead(ClusterMessage message, String conversation, Burial burial) {}

  /** The bytes of a record that is written. */
  private static final class Out {
    private ByteBuffer bytes;

    Out(int size) {
      bytes = ByteBuffer.allocate(size);
    }

    private ByteBuffer room(int more) {
      if (bytes.remaining() < more) {
        int size = Math.max(2 * bytes.capacity(), bytes.position() + more);
        bytes = ByteBuffer.allocate(size).put(bytes.flip());
      }
      return bytes;
    }

    void putByte(int value) {
      room(Byte.BYTES).put((byte) value);
    }

    void putInt(int value) {
      room(Integer.BYTES).putInt(value);
    }

    void putLong(long value) {
      room(Long.BYTES).putLong(value);
    }

    void putText(String text) {
      putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void putBytes(byte[] all) {
      putInt(all.length);
      room(all.length).put(all);
    }

    byte[] toBytes() {
      return Arrays.copyOf(bytes.array(), bytes.position());
    }
  }

  static byte[] message(ClusterMessage message) {
    return write(128 + message.record().stanza().length, out -> write(out, message));
  }

  /** The message; null if these bytes are none. */
  static @Nullable ClusterMessage message(byte[] bytes) {
    return read(bytes, Codec::readMessage);
  }

  static byte[] replies(ReplySet set) {
    int size = 128;
    for (String stanza : set.stanzas()) {
      size += Integer.BYTES + stanza.length();
    }
    return write(
        size,
        out -> {
          out.putText(set.domain());
          out.putText(set.webhookId());
          out.putInt(set.partition());
          out.putLong(set.offset());
          out.putInt(set.generation());
          out.putLong(set.expires());
          out.putInt(set.stanzas().size());
          for (String stanza : set.stanzas()) {
            out.putText(stanza);
          }
        });
  }

  /** The replies; null if these bytes are none. */
  static @Nullable ReplySet replies(byte[] bytes) {
    return read(
        bytes,
        in -> {
          String domain = text(in);
          String webhookId = text(in);
          int partition = in.getInt();
          long offset = in.getLong();
          int generation = in.getInt();
          long expires = in.getLong();
          int count = in.getInt();
          if (count < 0 || count > MAX_STANZAS) {
            throw new IllegalArgumentException("a set of " + count + " stanzas");
          }
          List<String> stanzas = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            stanzas.add(text(in));
          }
          return new ReplySet(domain, webhookId, partition, offset, generation, expires, stanzas);
        });
  }

  static byte[] dead(ClusterMessage message, String conversation, Burial burial) {
    return write(
        512 + message.record().stanza().length,
        out -> {
          write(out, message);
          out.putText(conversation);
          out.putLong(burial.at());
          out.putInt(burial.attempts());
          out.putText(burial.cause());
          out.putText(burial.condition());
          out.putText(burial.text());
          out.putInt(burial.status());
          out.putText(burial.response());
        });
  }

  /** The dead letter; null if these bytes are none. */
  static @Nullable Dead dead(byte[] bytes) {
    return read(
        bytes,
        in -> {
          ClusterMessage message = readMessage(in);
          return new Dead(
              message,
              text(in),
              new Burial(
                  in.getLong(), in.getInt(), text(in), text(in), text(in), in.getInt(), text(in)));
        });
  }

  static byte[] owner(SlotOwner owner) {
    return write(
        64,
        out -> {
          out.putText(owner.url());
          out.putLong(owner.epoch());
          out.putInt(owner.streams());
        });
  }

  /** The owner of a slot; null if these bytes are none. */
  static @Nullable SlotOwner owner(byte[] bytes) {
    return read(
        bytes,
        in -> {
          String url = text(in);
          if (url.length() > SlotOwner.MAX_URL) {
            throw new IllegalArgumentException("a URL of " + url.length() + " characters");
          }
          return new SlotOwner(url, in.getLong(), in.getInt());
        });
  }

  private static void write(Out out, ClusterMessage message) {
    KeptStanza record = message.record();
    String lang = record.lang();
    RoomPlace place = message.place();
    String nick = place == null ? null : place.nick();
    out.putByte(
        (record.redelivered() ? REDELIVERED : 0)
            | (message.late() ? LATE : 0)
            | (lang == null ? 0 : LANG)
            | (place == null ? 0 : PLACE)
            | (nick == null ? 0 : NICK));
    out.putText(message.domain());
    out.putText(record.webhookId());
    out.putLong(record.receivedAt());
    if (lang != null) {
      out.putText(lang);
    }
    if (place != null) {
      out.putText(place.room().toString());
      out.putText(place.me());
    }
    if (nick != null) {
      out.putText(nick);
    }
    out.putBytes(record.stanza());
  }

  private static ClusterMessage readMessage(ByteBuffer in) {
    int flags = in.get();
    String domain = text(in);
    String webhookId = text(in);
    long receivedAt = in.getLong();
    String lang = (flags & LANG) == 0 ? null : text(in);
    RoomPlace place = null;
    if ((flags & PLACE) != 0) {
      Jid room = Jid.of(text(in));
      String me = text(in);
      place = new RoomPlace(room, (flags & NICK) == 0 ? null : text(in), me);
    }
    return new ClusterMessage(
        domain,
        new KeptStanza(webhookId, receivedAt, lang, bytes(in), (flags & REDELIVERED) != 0),
        (flags & LATE) != 0,
        place);
  }

  private static byte[] write(int size, Consumer<Out> writer) {
    Out out = new Out(size);
    out.putByte(VERSION);
    writer.accept(out);
    return out.toBytes();
  }

  private static <T> @Nullable T read(byte[] bytes, Function<ByteBuffer, T> reader) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      return in.get() == VERSION ? reader.apply(in) : null;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private static int length(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    return length;
  }

  private static String text(ByteBuffer in) {
    int length = length(in);
    int begin = in.position();
    in.position(begin + length);
    return new String(in.array(), in.arrayOffset() + begin, length, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[length(in)];
    in.get(bytes);
    return bytes;
  }
}
