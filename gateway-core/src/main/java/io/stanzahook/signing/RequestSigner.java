package io.stanzahook.signing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests (Standard Webhooks 1.0.0): {@code id.timestamp.body}, one signature for each key,
 * with a space between them.
 *
 * <p>Any thread may call it. Each thread that signs keeps algorithms of its own: as many sets as
 * there are event loops. It computes and never blocks. Its constructor does what reads files and
 * loads classes for the first time.
 */
public final class RequestSigner {
  /** Bytes handed over at once: a request's body may lie outside of the heap. */
  private static final int CHUNK = 4096;

  private final SigningKeys keys;

  @SuppressWarnings("ThreadLocalUsage") // Not static: each component has keys of its own.
  private final ThreadLocal<Algorithms> algorithms = ThreadLocal.withInitial(this::create);

  RequestSigner(SigningKeys keys) {
    this.keys = keys;
    try {
      // Here and not on an event loop: the JDK looks for its providers at the first use.
      create().sign("id", "0", Unpooled.EMPTY_BUFFER);
    } catch (SignatureException e) {
      throw new IllegalStateException("this Java cannot sign", e);
    }
  }

  /** A signer for the keys, or null if there are none. */
  public static @Nullable RequestSigner of(@Nullable SigningKeys keys) {
    return keys == null ? null : new RequestSigner(keys);
  }

  /**
   * The value of {@code webhook-signature}.
   *
   * @param body as it will be sent; its indices do not change
   */
  public String sign(String id, String timestamp, ByteBuf body) {
    try {
      return algorithms.get().sign(id, timestamp, body);
    } catch (SignatureException | RuntimeException e) {
      // They may contain half a request.
      algorithms.remove();
      throw new IllegalStateException("the request cannot be signed", e);
    }
  }

  private Algorithms create() {
    try {
      Algorithm[] all = new Algorithm[keys.keys().size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = algorithm(keys.keys().get(i));
      }
      return new Algorithms(List.of(all));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot sign", e);
    }
  }

  private static Algorithm algorithm(SigningKeys.Key key) throws GeneralSecurityException {
    if (key instanceof SigningKeys.Shared shared) {
      return new Hmac(shared.mac());
    }
    return new Ed25519(((SigningKeys.Private) key).signature());
  }

  /** The algorithm of one key. The end of a request makes it ready for the next one. */
  private sealed interface Algorithm {
    String version();

    void update(byte[] bytes, int length) throws SignatureException;

    byte[] end() throws SignatureException;
  }

  private record Hmac(Mac mac) implements Algorithm {
    @Override
    public String version() {
      return "v1,";
    }

    @Override
    public void update(byte[] bytes, int length) {
      mac.update(bytes, 0, length);
    }

    @Override
    public byte[] end() {
      return mac.doFinal();
    }
  }

  private record Ed25519(Signature signature) implements Algorithm {
    @Override
    public String version() {
      return "v1a,";
    }

    @Override
    public void update(byte[] bytes, int length) throws SignatureException {
      signature.update(bytes, 0, length);
    }

    @Override
    public byte[] end() throws SignatureException {
      return signature.sign();
    }
  }

  /** The algorithms of all keys, for one thread. */
  private static final class Algorithms {
    private final List<Algorithm> all;
    private final byte[] chunk = new byte[CHUNK];

    Algorithms(List<Algorithm> all) {
      this.all = all;
    }

    String sign(String id, String timestamp, ByteBuf body) throws SignatureException {
      byte[] head = (id + '.' + timestamp + '.').getBytes(StandardCharsets.UTF_8);
      update(head, head.length);
      int end = body.writerIndex();
      int length;
      for (int at = body.readerIndex(); at < end; at += length) {
        length = Math.min(end - at, CHUNK);
        body.getBytes(at, chunk, 0, length);
        update(chunk, length);
      }
      StringBuilder signatures = new StringBuilder();
      for (Algorithm algorithm : all) {
        if (!signatures.isEmpty()) {
          signatures.append(' ');
        }
        signatures
            .append(algorithm.version())
            .append(Base64.getEncoder().encodeToString(algorithm.end()));
      }
      return signatures.toString();
    }

    private void update(byte[] bytes, int length) throws SignatureException {
      for (Algorithm algorithm : all) {
        algorithm.update(bytes, length);
      }
    }
  }
}
