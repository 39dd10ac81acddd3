package io.stanzahook.webhook;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import reactor.netty.NettyPipeline;

/**
 * How responses are decoded: as liberal as curl, where that is safe for a client. Who has answered
 * has processed the request, and a second one for want of a carriage return does harm.
 *
 * <p>Strictness guards against two parties that read the same bytes differently, one of them for
 * others. Nobody else reads a webhook's connection, and what one response leaves in it ends it.
 */
final class ResponseDecoding {
  /** The most bytes of a response's headers. */
  static final int MAX_RESPONSE_HEADERS = 64 * 1024;

  /** The most bytes of a response's first line. */
  static final int MAX_STATUS_LINE = 8 * 1024;

  private ResponseDecoding() {}

  /**
   * Sets a new connection's pipeline up, before anything is read. What then fails says in its
   * message what was wrong, in one line for the log.
   */
  static void install(ChannelPipeline pipeline) {
    ChannelHandler codec =
        new HttpClientCodec(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_STATUS_LINE)
                .setMaxHeaderSize(MAX_RESPONSE_HEADERS)
                // Of the names and values only our own are looked at.
                .setValidateHeaders(false)
                // A line may end with LF alone.
                .setStrictLineParsing(false)
                // Where they are equal: others are an error all the same.
                .setAllowDuplicateContentLengths(true)
                // Chunks from a server that says HTTP/1.0.
                .setUseRfc9112TransferEncoding(false),
            HttpClientCodec.DEFAULT_PARSE_HTTP_AFTER_CONNECT_REQUEST,
            // The client itself says that the connection closed too early.
            HttpClientCodec.DEFAULT_FAIL_ON_MISSING_RESPONSE);
    pipeline.replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, codec);
    pipeline.addBefore(NettyPipeline.HttpCodec, null, new SpokenProtocol());
    pipeline.addAfter(NettyPipeline.HttpCodec, null, new InterimResponses());
  }
}
