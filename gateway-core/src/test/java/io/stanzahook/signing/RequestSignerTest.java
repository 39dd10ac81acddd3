package io.stanzahook.signing;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Signatures beside those of the standard's own library, and of the JDK where it has none. */
class RequestSignerTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final String BODY = "{\"test\": 2432232314}";

  @Test
  void theVectorOfTheStandard() {
    assertThat(sign(SECRET, ID, "1614265330", BODY))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void theVectorOfTheStandardsGoLibrary() {
    assertThat(sign("whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=", ID, "1614265330", BODY))
        .isEqualTo(
            "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==");
  }

  @Test
  void theFirstKeyOfTheRfcHasItsPublicHalf() throws Exception {
    // RFC 8032, 7.1.
    byte[] own =
        HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    byte[] open =
        HexFormat.of().parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    String secret = "whsk_" + Base64.getEncoder().encodeToString(own);

    String signature = sign(secret, ID, "1614265330", BODY);

    assertThat(signature).startsWith("v1a,");
    assertThat(SignatureCheck.verifies(open, signature, ID + ".1614265330." + BODY)).isTrue();
    assertThat(SignatureCheck.verifies(open, signature, ID + ".1614265331." + BODY)).isFalse();
  }

  @Test
  void allKeysSignInTheirOrder() throws Exception {
    NewSigningKey pair = NewSigningKey.asymmetric();
    NewSigningKey second = NewSigningKey.shared();

    String header =
        sign(SECRET + "\n" + pair.secret() + "\n" + second.secret(), ID, "1614265330", BODY);

    List<String> signatures = List.of(header.split(" ", -1));
    assertThat(signatures).hasSize(3);
    assertThat(signatures.get(0)).isEqualTo(sign(SECRET, ID, "1614265330", BODY));
    assertThat(signatures.get(2)).isEqualTo(sign(second.secret(), ID, "1614265330", BODY));
    assertThat(
            SignatureCheck.verifies(
                SignatureCheck.bytes(pair.verifier()),
                signatures.get(1),
                ID + ".1614265330." + BODY))
        .isTrue();
  }

  @Property(tries = 300)
  void theStandardsLibrarySignsTheSame(
      @ForAll @Size(min = 24, max = 64) byte[] secret,
      @ForAll String text,
      @ForAll @IntRange(min = 0, max = 2_000_000_000) int timestamp)
      throws Exception {
    String body = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    String key = Base64.getEncoder().encodeToString(secret);

    assertThat(sign("whsec_" + key, ID, Integer.toString(timestamp), body))
        .isEqualTo(new Webhook(key).sign(ID, timestamp, body));
  }

  @Property(tries = 100)
  void bodiesAroundTheSizeOfAChunk(
      @ForAll @IntRange(min = 0, max = 9) int before, @ForAll @IntRange(min = 0, max = 3) int times)
      throws Exception {
    String body = "x".repeat(Math.max(0, 4096 * times + 4 - before)) + "\u00e9";

    assertThat(sign(SECRET, ID, "1", body))
        .isEqualTo(new Webhook(SECRET.substring(6)).sign(ID, 1, body));
  }

  @Test
  void readsAnyBufferAndLeavesItAsItWas() {
    byte[] bytes = BODY.getBytes(StandardCharsets.UTF_8);
    RequestSigner signer = new RequestSigner(SigningKeys.parse(SECRET));
    CompositeByteBuf composite = Unpooled.compositeBuffer();
    composite.addComponent(true, Unpooled.wrappedBuffer(bytes, 0, 5));
    composite.addComponent(true, Unpooled.wrappedBuffer(bytes, 5, bytes.length - 5));
    ByteBuf direct = Unpooled.directBuffer().writeBytes(new byte[3]).writeBytes(bytes).skipBytes(3);
    for (ByteBuf body : List.of(composite, direct)) {
      assertThat(signer.sign(ID, "1614265330", body))
          .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
      assertThat(body.readableBytes()).isEqualTo(bytes.length);
      body.release();
    }
  }

  @Test
  void threadsDoNotMixTheirRequests() throws Exception {
    RequestSigner signer =
        new RequestSigner(SigningKeys.parse(SECRET + "\n" + NewSigningKey.shared().secret()));
    List<String> bodies = IntStream.range(0, 4).mapToObj(i -> "body " + i).toList();
    List<String> expected = bodies.stream().map(body -> sign(signer, body)).toList();
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        IntStream.range(0, bodies.size())
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          for (int n = 0; n < 2_000; n++) {
                            String signature = sign(signer, bodies.get(i));
                            if (!signature.equals(expected.get(i))) {
                              wrong.add(signature);
                            }
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isEmpty();
    assertThat(expected).doesNotHaveDuplicates();
  }

  private static String sign(String keys, String id, String timestamp, String body) {
    return new RequestSigner(SigningKeys.parse(keys))
        .sign(id, timestamp, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
  }

  private static String sign(RequestSigner signer, String body) {
    return signer.sign(ID, "1", Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
  }
}
