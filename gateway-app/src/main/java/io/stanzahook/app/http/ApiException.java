package io.stanzahook.app.http;

/** A request to the send API that is refused. */
final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  ApiException(ApiError error) {
    super(error.text(), null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
