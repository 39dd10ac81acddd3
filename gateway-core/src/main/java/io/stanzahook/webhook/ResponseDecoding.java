package io.stanzahook.webhook;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import reactor.netty.NettyPipeline;

/**
 * How responses are decoded: as liberally as curl does, where this is safe for a client. A webhook
 * that answered has processed the request, so a second one because of a missing carriage return
 * would do harm.
 *
 * <p>Strict decoding protects against two parties that read the same bytes differently. Nobody else
 * reads a webhook's connection, and bytes that a response leaves in it end it.
 */
final class ResponseDecoding {
  /** The most bytes of a response's headers. */
  static final int MAX_RESPONSE_HEADERS = 64 * 1024;

  /** The most bytes of a response's first line. */
  static final int MAX_STATUS_LINE = 8 * 1024;

  private ResponseDecoding() {}

  /**
   * Sets up the pipeline of a new connection, before anything is read. Later failures say in their
   * message what was wrong, in one line for the log.
   */
  static void install(ChannelPipeline pipeline) {
    ChannelHandler codec =
        new HttpClientCodec(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_STATUS_LINE)
                .setMaxHeaderSize(MAX_RESPONSE_HEADERS)
                // Only names and values that we know are read.
                .setValidateHeaders(false)
                // A line may end with LF alone.
                .setStrictLineParsing(false)
                // If they are equal. Others are still an error.
                .setAllowDuplicateContentLengths(true)
                // Chunks from a server that says HTTP/1.0.
                .setUseRfc9112TransferEncoding(false),
            HttpClientCodec.DEFAULT_PARSE_HTTP_AFTER_CONNECT_REQUEST,
            // The client itself reports that the connection closed too early.
            HttpClientCodec.DEFAULT_FAIL_ON_MISSING_RESPONSE);
    pipeline.replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, codec);
    pipeline.addBefore(NettyPipeline.HttpCodec, null, new SpokenProtocol());
    pipeline.addAfter(NettyPipeline.HttpCodec, null, new InterimResponses());
  }
}
