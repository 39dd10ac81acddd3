package io.stanzahook.app.interop;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** A stanza as the chat client received it; what a stanza lacks is an empty string. */
record ChatStanza(JsonNode json) {
  String from() {
    return text("from");
  }

  String type() {
    return text("type");
  }

  String id() {
    return text("id");
  }

  String body() {
    return text("body");
  }

  /** The stanza error as {@code type/condition}. */
  String error() {
    return json.has("errorCondition") ? text("errorType") + "/" + text("errorCondition") : "";
  }

  /** The whole stanza, every namespace declared. */
  String xml() {
    return text("xml");
  }

  /** Any other property that chat_client.py gives. */
  String text(String property) {
    return json.path(property).asString("");
  }

  /** A property that is a list of strings. */
  List<String> list(String property) {
    return json.path(property).valueStream().map(JsonNode::asString).toList();
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
