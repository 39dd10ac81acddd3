package io.stanzahook.cluster;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.RoomPlace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

  @FunctionalInterface
  private interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  static byte[] message(ClusterMessage message) {
    return write(128 + message.record().stanza().length, out -> write(out, message));
  }

  /** The message; null if these bytes are none. */
  static @Nullable ClusterMessage message(byte[] bytes) {
    return read(bytes, Codec::readMessage);
  }

  static byte[] replies(ReplySet set) {
    return write(
        256,
        out -> {
          text(out, set.domain());
          text(out, set.webhookId());
          out.writeInt(set.partition());
          out.writeLong(set.offset());
          out.writeInt(set.generation());
          out.writeLong(set.expires());
          out.writeInt(set.stanzas().size());
          for (String stanza : set.stanzas()) {
            text(out, stanza);
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
          int partition = in.readInt();
          long offset = in.readLong();
          int generation = in.readInt();
          long expires = in.readLong();
          int count = in.readInt();
          if (count < 0 || count > MAX_STANZAS) {
            throw new IOException("a set of " + count + " stanzas");
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
          text(out, conversation);
          out.writeLong(burial.at());
          out.writeInt(burial.attempts());
          text(out, burial.cause());
          text(out, burial.condition());
          text(out, burial.text());
          out.writeInt(burial.status());
          text(out, burial.response());
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
                  in.readLong(),
                  in.readInt(),
                  text(in),
                  text(in),
                  text(in),
                  in.readInt(),
                  text(in)));
        });
  }

  static byte[] owner(SlotOwner owner) {
    return write(
        64,
        out -> {
          text(out, owner.url());
          out.writeLong(owner.epoch());
          out.writeInt(owner.streams());
        });
  }

  /** The owner of a slot; null if these bytes are none. */
  static @Nullable SlotOwner owner(byte[] bytes) {
    return read(
        bytes,
        in -> {
          String url = text(in);
          if (url.length() > SlotOwner.MAX_URL) {
            throw new IOException("a URL of " + url.length() + " characters");
          }
          return new SlotOwner(url, in.readLong(), in.readInt());
        });
  }

  private static void write(DataOutputStream out, ClusterMessage message) throws IOException {
    KeptStanza record = message.record();
    String lang = record.lang();
    RoomPlace place = message.place();
    String nick = place == null ? null : place.nick();
    out.writeByte(
        (record.redelivered() ? REDELIVERED : 0)
            | (message.late() ? LATE : 0)
            | (lang == null ? 0 : LANG)
            | (place == null ? 0 : PLACE)
            | (nick == null ? 0 : NICK));
    text(out, message.domain());
    text(out, record.webhookId());
    out.writeLong(record.receivedAt());
    if (lang != null) {
      text(out, lang);
    }
    if (place != null) {
      text(out, place.room().toString());
      text(out, place.me());
    }
    if (nick != null) {
      text(out, nick);
    }
    bytes(out, record.stanza());
  }

  private static ClusterMessage readMessage(DataInputStream in) throws IOException {
    int flags = in.readUnsignedByte();
    String domain = text(in);
    String webhookId = text(in);
    long receivedAt = in.readLong();
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

  private static byte[] write(int size, Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(size);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      writer.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static <T> @Nullable T read(byte[] bytes, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return in.readByte() == VERSION ? reader.read(in) : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a text of " + length + " bytes");
    }
    return in.readNBytes(length);
  }
}
